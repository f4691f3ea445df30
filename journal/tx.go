package journal

import (
	"context"
	"database/sql"
	"time"

	"flowbook/journal/internal/dialect"
)

// A transaction runs the journal's SQL, written with ? parameters, in the dialect's way.
type transaction struct {
	tx *sql.Tx
	d  *dialect.Dialect
}

func (t transaction) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.tx.ExecContext(ctx, t.d.Bind(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t transaction) row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, t.d.Bind(query), args...)
}

func (t transaction) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, t.d.Bind(query), args...)
}

// update runs do in a transaction and commits it. A busy database is tried again: do must be able to run twice.
func (j *Journal) update(ctx context.Context, do func(transaction) error) error {
	if j.readOnly {
		return j.readOnlyError()
	}
	j.write.Lock()
	defer j.write.Unlock()
	var err error
	for try := range 5 {
		if err = j.once(ctx, do); err == nil || j.dialect.Classify(err) != dialect.Busy {
			break
		}
		time.Sleep(time.Duration(50<<try) * time.Millisecond)
	}
	return j.explain(err)
}

func (j *Journal) once(ctx context.Context, do func(transaction) error) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(transaction{tx, j.dialect}); err != nil {
		return err
	}
	return tx.Commit()
}

// rows runs a query and hands each row to scan.
func (j *Journal) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := j.db.QueryContext(ctx, j.dialect.Bind(query), args...)
	if err != nil {
		return j.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return j.explain(err)
		}
	}
	return j.explain(rows.Err())
}

// row runs a query of one row; it returns sql.ErrNoRows where there is none.
func (j *Journal) row(ctx context.Context, query string, args ...any) *sql.Row {
	return j.db.QueryRowContext(ctx, j.dialect.Bind(query), args...)
}

// micros is a time as the database holds it.
func micros(t time.Time) int64 { return t.UnixMicro() }

// fromMicros reads a time of the database; the zero time stands for NULL.
func fromMicros(v sql.NullInt64) time.Time {
	if !v.Valid {
		return time.Time{}
	}
	return time.UnixMicro(v.Int64).UTC()
}
