package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"flowbook/journal"
)

// grace is how long a job is left alone after it was taken, and after its run gave its last sign of life: its worker may not have begun the
// run yet, or not have said yet that it ended. A worker that is slower loses nothing: the journal lets only one begin or resume a run.
var grace = 5 * time.Second

// rescue puts back the jobs whose worker died: those that are taken, while the journal says that nobody works on their run.
func (w *working) rescue(ctx context.Context) error {
	if w.client == nil {
		return nil
	}
	rows, err := w.queue.jobs(ctx, w.Sweep, rivertype.JobStateRunning)
	if err != nil {
		return err
	}
	now := time.Now()
	back := riverdriver.JobRescueManyParams{StuckHorizon: now.Add(-grace)}
	for _, row := range rows {
		if w.holds(row.ID) || row.AttemptedAt == nil || now.Sub(*row.AttemptedAt) < grace {
			continue
		}
		var a job
		if json.Unmarshal(row.EncodedArgs, &a) != nil {
			continue
		}
		rec, err := w.queue.journal.Get(ctx, a.Run)
		if err != nil && !errors.Is(err, journal.ErrNotFound) {
			return err
		}
		if err == nil && (rec.Status == journal.Running || rec.Ended != nil && now.Sub(*rec.Ended) < grace) {
			continue
		}
		w.Report(Event{Kind: PutBack, Sweep: a.Sweep, Run: a.Run, Number: a.Number, Values: a.Values, Record: rec})
		why, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: row.Attempt, Error: "the worker died"})
		if err != nil {
			return err
		}
		state, final := rivertype.JobStateAvailable, (*time.Time)(nil)
		if cancelAsked(row) {
			state, final = rivertype.JobStateCancelled, &now
		}
		back.ID = append(back.ID, row.ID)
		back.Error = append(back.Error, why)
		back.FinalizedAt = append(back.FinalizedAt, final)
		back.ScheduledAt = append(back.ScheduledAt, now)
		back.State = append(back.State, string(state))
	}
	if len(back.ID) == 0 {
		return nil
	}
	_, err = w.queue.store.Executor.JobRescueMany(ctx, &back)
	return err
}

// cancelAsked tells whether somebody cancelled a job while it was taken.
func cancelAsked(row *rivertype.JobRow) bool {
	var m struct {
		At *time.Time `json:"cancel_attempted_at"`
	}
	return json.Unmarshal(row.Metadata, &m) == nil && m.At != nil
}
