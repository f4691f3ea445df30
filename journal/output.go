package journal

import (
	"context"

	"flowbook/journal/record"
)

// Output reads the captured output of a run, in order, of all its attempts. [Journal.EachOutput] and [Journal.OutputTail] do not hold all
// of it in memory.
func (j *Journal) Output(ctx context.Context, run string) ([]record.OutputLine, error) {
	var all []record.OutputLine
	err := j.EachOutput(ctx, run, func(o record.OutputLine) error { all = append(all, o); return nil })
	return all, err
}

// EachOutput hands the captured output of a run to visit, piece by piece, in order, of all its attempts.
func (j *Journal) EachOutput(ctx context.Context, run string, visit func(record.OutputLine) error) error {
	if err := j.Has(ctx, run); err != nil {
		return err
	}
	return j.store.Output(ctx, run, visit)
}

// OutputTail reads the last pieces of a run's captured output, of n bytes or a little more, and how many bytes there are before them.
func (j *Journal) OutputTail(ctx context.Context, run string, n int64) (last []record.OutputLine, before int64, err error) {
	if err := j.Has(ctx, run); err != nil {
		return nil, 0, err
	}
	return j.store.OutputTail(ctx, run, n)
}
