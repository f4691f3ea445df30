package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"flowbook/journal/fault"
	"flowbook/journal/provenance"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// Runs is [store.Runs.Runs].
func (s *Store) Runs(ctx context.Context, sel store.Selection) ([]*record.Run, error) {
	where, args := whereOf(sel)
	query := runsSelect + " WHERE " + where + " ORDER BY r.started DESC, r.id"
	if sel.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", sel.Limit)
	}
	var all []*record.Run
	var sums summaries // of every run, where every run is wanted: read beside the runs
	var sumsErr error
	var reading sync.WaitGroup
	line := newRunScanner()
	err := s.rows(ctx, query, args, func(rows *sql.Rows) error {
		if all == nil && len(args) == 0 && sel.Limit == 0 && !sel.Trash { // the runs are of before now, so no summary is older than its run
			reading.Go(func() { sums, sumsErr = s.summaries(ctx, "1 = 1") })
		}
		r, err := line.scan(rows)
		all = append(all, r)
		return err
	})
	reading.Wait()
	if err = cmp.Or(err, sumsErr); err != nil {
		return nil, err
	}
	return all, s.attachTo(ctx, all, sums)
}

// Count is [store.Runs.Count].
func (s *Store) Count(ctx context.Context, sel store.Selection) (n int, err error) {
	where, args := whereOf(sel)
	err = s.row(ctx, "SELECT count(*) FROM run r WHERE "+where, args...).Scan(&n)
	return n, s.Explain(err)
}

func whereOf(sel store.Selection) (where string, args []any) {
	all := []string{"r.deleted IS NULL"}
	if sel.Trash {
		all[0] = "r.deleted IS NOT NULL"
	}
	if sel.Experiment != "" {
		all, args = append(all, "r.experiment = ?"), append(args, sel.Experiment)
	}
	for _, tag := range sel.Tags {
		all, args = append(all, "r.id IN (SELECT run FROM run_tag WHERE tag = ?)"), append(args, tag)
	}
	if !sel.Since.IsZero() {
		all, args = append(all, "r.started >= ?"), append(args, micros(sel.Since))
	}
	if !sel.Until.IsZero() {
		all, args = append(all, "r.started < ?"), append(args, micros(sel.Until))
	}
	return strings.Join(all, " AND "), args
}

// few is up to how many runs are asked for by their ids; of more, those that are not wanted are passed over.
const few = 500

// attachTo adds to runs what [Store.attach] adds.
func (s *Store) attachTo(ctx context.Context, runs []*record.Run, sums summaries) error {
	switch {
	case len(runs) == 0:
		return nil
	case len(runs) > few:
		return s.attach(ctx, runs, sums, "1 = 1")
	}
	ids := make([]any, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	return s.attach(ctx, runs, sums, "run IN ("+marks(len(runs))+")", ids...)
}

// A queryer runs a query, in a transaction or not.
type queryer func(ctx context.Context, query string, args ...any) (*sql.Rows, error)

func (s *Store) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.db.QueryContext(ctx, s.d.Bind(query), args...)
}

// Attempts is [store.Runs.Attempts].
func (s *Store) Attempts(ctx context.Context, run string) ([]record.Attempt, error) {
	all, err := readAttempts(ctx, s.query, run)
	return all, s.Explain(err)
}

func (t transaction) attempts(ctx context.Context, run string) ([]record.Attempt, error) {
	return readAttempts(ctx, t.query, run)
}

func readAttempts(ctx context.Context, query queryer, run string) (all []record.Attempt, err error) {
	rows, err := query(ctx, `SELECT a.number, a.from_step, a.host, a.boot, a.pid, a.pid_start, a.started, a.heartbeat, c.text
		FROM attempt a LEFT JOIN code c ON c.id = a.code_id WHERE a.run = ? ORDER BY a.number`, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a record.Attempt
		var from int64
		var started, beat sql.NullInt64
		var code sql.NullString
		if err := rows.Scan(&a.Number, &from, &a.Host, &a.Boot, &a.PID, &a.PIDStart, &started, &beat, &code); err != nil {
			return nil, err
		}
		if code.Valid {
			a.Code = &provenance.Code{}
			if err := json.Unmarshal([]byte(code.String), a.Code); err != nil {
				return nil, fmt.Errorf("the code of attempt %d of run %s: %w: %w", a.Number, run, fault.ErrCorrupt, err)
			}
		}
		a.FromStep = stepOf(from)
		a.Started, a.Heartbeat = fromMicros(started), fromMicros(beat)
		all = append(all, a)
	}
	return all, rows.Err()
}

// Points is [store.Runs.Points].
func (s *Store) Points(ctx context.Context, run string, metrics []string, visit func(store.Chunk) error) error {
	return s.Explain(eachChunk(ctx, s.query, run, metrics, visit))
}

func eachChunk(ctx context.Context, query queryer, run string, metrics []string, visit func(store.Chunk) error) error {
	where, args := "run = ?", []any{run}
	if len(metrics) > 0 {
		where += " AND metric IN (" + marks(len(metrics)) + ")"
		for _, m := range metrics {
			args = append(args, m)
		}
	}
	rows, err := query(ctx, "SELECT metric, attempt, start, count, points FROM chunk WHERE "+where+" ORDER BY metric, attempt, start", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c store.Chunk
		var points sql.RawBytes
		if err := rows.Scan(&c.Metric, &c.Attempt, &c.Start, &c.Count, &points); err != nil {
			return err
		}
		c.Packed = points
		if err := visit(c); err != nil {
			return fmt.Errorf("run %s, metric %s: %w", run, c.Metric, err)
		}
	}
	return rows.Err()
}

const outputColumns = "SELECT at, stream, text, attempt FROM output WHERE run = ?"

// Output is [store.Runs.Output].
func (s *Store) Output(ctx context.Context, run string, visit func(record.OutputLine) error) error {
	return s.rows(ctx, outputColumns+" ORDER BY attempt, seq", []any{run}, func(rows *sql.Rows) error {
		o, err := scanOutput(rows)
		if err != nil {
			return err
		}
		return visit(o)
	})
}

// OutputTail is [store.Runs.OutputTail].
func (s *Store) OutputTail(ctx context.Context, run string, n int64) (last []record.OutputLine, before int64, err error) {
	enough := errors.New("enough")
	have := int64(0)
	err = s.rows(ctx, outputColumns+" ORDER BY attempt DESC, seq DESC", []any{run}, func(rows *sql.Rows) error {
		if have >= n {
			return enough
		}
		o, err := scanOutput(rows)
		last, have = append(last, o), have+int64(len(o.Text))
		return err
	})
	slices.Reverse(last)
	if !errors.Is(err, enough) {
		return last, 0, err
	}
	err = s.row(ctx, "SELECT coalesce(sum(length(text)), 0) FROM output WHERE run = ?", run).Scan(&before)
	return last, before - have, s.Explain(err)
}

func scanOutput(rows *sql.Rows) (o record.OutputLine, err error) {
	var at sql.NullInt64
	err = rows.Scan(&at, &o.Stream, &o.Text, &o.Attempt)
	o.Time = fromMicros(at)
	return o, err
}

// standing is how far each attempt of a run stands.
func (s *Store) standing(ctx context.Context, run string) (record.Standing, error) {
	attempts, err := s.Attempts(ctx, run)
	return record.StandingOf(attempts), err
}
