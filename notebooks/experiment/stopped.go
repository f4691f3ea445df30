package experiment

import (
	"context"
	"fmt"

	"flowbook/journal"
	"flowbook/journal/record"
	"flowbook/notebooks/runs"
)

// Stopped is the error of a run that was stopped before its end. It says what to do next.
type Stopped struct {
	// Record is the run, as the journal has it.
	Record *journal.Record
	cause  error
}

// Error says how far the run came, and how it goes on.
func (s *Stopped) Error() string {
	r := s.Record
	text := "interrupted"
	if steps := lastStep(r); steps > 0 {
		text += fmt.Sprintf(" after step %d", steps)
	}
	c, err := runs.Checkpoint(r)
	if err != nil {
		return text + fmt.Sprintf("; run %s has no checkpoint yet: run the cell again", r.ID)
	}
	return text + fmt.Sprintf("; `journal resume %s` goes on from step %d", r.ID, c.Step)
}

// Unwrap gives what the experiment itself returned.
func (s *Stopped) Unwrap() error { return s.cause }

// lastStep is the last step that the run has logged anything for.
func lastStep(r *journal.Record) (step int) {
	for name, m := range r.Metrics {
		if m.Count > 0 && !record.OfSystem(name) {
			step = max(step, m.LastStep)
		}
	}
	return step
}

// stopped is err, a *Stopped where the context's end left the run interrupted.
func stopped(ctx context.Context, r *journal.Record, err error) error {
	if err != nil && ctx.Err() != nil && r != nil && r.Status == journal.Interrupted {
		return &Stopped{Record: r, cause: err}
	}
	return err
}
