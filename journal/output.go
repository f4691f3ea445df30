package journal

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"flowbook/journal/record"
)

// Output reads the captured output of a run, in order, of all its attempts. [Journal.EachOutput] and [Journal.OutputTail] do not hold all
// of it in memory.
func (j *Journal) Output(ctx context.Context, run string) ([]record.OutputLine, error) {
	var all []record.OutputLine
	err := j.EachOutput(ctx, run, func(o record.OutputLine) error { all = append(all, o); return nil })
	return all, err
}

const outputColumns = "SELECT at, stream, text, attempt FROM output WHERE run = ?"

// EachOutput hands the captured output of a run to visit, piece by piece, in order, of all its attempts.
func (j *Journal) EachOutput(ctx context.Context, run string, visit func(record.OutputLine) error) error {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return err
	}
	return j.rows(ctx, outputColumns+" ORDER BY attempt, seq", []any{id}, func(rows *sql.Rows) error {
		o, err := scanOutput(rows)
		if err != nil {
			return err
		}
		return visit(o)
	})
}

// OutputTail reads the last pieces of a run's captured output, of n bytes or a little more, and how many bytes there are before them.
func (j *Journal) OutputTail(ctx context.Context, run string, n int64) (last []record.OutputLine, before int64, err error) {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return nil, 0, err
	}
	enough := errors.New("enough")
	have := int64(0)
	err = j.rows(ctx, outputColumns+" ORDER BY attempt DESC, seq DESC", []any{id}, func(rows *sql.Rows) error {
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
	err = j.row(ctx, "SELECT coalesce(sum(length(text)), 0) FROM output WHERE run = ?", id).Scan(&before)
	return last, before - have, j.explain(err)
}

func scanOutput(rows *sql.Rows) (o record.OutputLine, err error) {
	var at sql.NullInt64
	err = rows.Scan(&at, &o.Stream, &o.Text, &o.Attempt)
	o.Time = fromMicros(at)
	return o, err
}
