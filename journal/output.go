package journal

import (
	"context"
	"database/sql"
	"time"
)

// OutputLine is a piece of a run's captured output, as it was written; it need not be a whole line, nor UTF-8.
type OutputLine struct {
	Time    time.Time
	Stream  int // 1 standard output, 2 standard error
	Text    []byte
	Attempt int // that wrote it
}

// Output reads the captured output of a run, in order, of all its attempts.
func (j *Journal) Output(ctx context.Context, run string) ([]OutputLine, error) {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return nil, err
	}
	var all []OutputLine
	err = j.rows(ctx, "SELECT at, stream, text, attempt FROM output WHERE run = ? ORDER BY attempt, seq", []any{id}, func(rows *sql.Rows) error {
		var o OutputLine
		var at sql.NullInt64
		err := rows.Scan(&at, &o.Stream, &o.Text, &o.Attempt)
		o.Time = fromMicros(at)
		all = append(all, o)
		return err
	})
	return all, err
}
