package sqlstore

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// A transaction runs the journal's SQL, written with ? parameters, in the dialect's way.
type transaction struct {
	tx *sql.Tx
	d  *Dialect
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
func (s *Store) update(ctx context.Context, do func(transaction) error) error {
	if err := s.Writable(); err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	var err error
	for try := range 5 {
		if err = s.once(ctx, do); err == nil || s.d.Classify(err) != Busy {
			break
		}
		time.Sleep(time.Duration(50<<try) * time.Millisecond)
	}
	return s.Explain(err)
}

func (s *Store) once(ctx context.Context, do func(transaction) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(transaction{tx, s.d}); err != nil {
		return err
	}
	return tx.Commit()
}

// rows runs a query and hands each row to scan.
func (s *Store) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := s.db.QueryContext(ctx, s.d.Bind(query), args...)
	if err != nil {
		return s.Explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return s.Explain(err)
		}
	}
	return s.Explain(rows.Err())
}

// row runs a query of one row; it returns sql.ErrNoRows where there is none.
func (s *Store) row(ctx context.Context, query string, args ...any) *sql.Row {
	return s.db.QueryRowContext(ctx, s.d.Bind(query), args...)
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

// marks is n parameters, separated by commas.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// now is the present time as the database holds it.
func now() int64 { return micros(time.Now()) }
