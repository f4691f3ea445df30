package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// Resume goes on with a run that was interrupted or failed: the run it returns has the recorded config and hands out the last
// checkpoint whose bytes are there ([Run.Restore]). Nothing is deleted, but what earlier attempts logged after that checkpoint's
// step is superseded: series, summaries, figures and comparisons leave it out ([Journal.Logged] still gives it). Without a
// checkpoint the run starts at the beginning and all earlier steps are superseded.
//
// A run that still runs is refused with ErrRunning, a finished one with ErrFinished.
func (j *Journal) Resume(ctx context.Context, id string, opts ...Option) (*Run, error) {
	b := &beginning{data: map[string]string{}}
	for _, o := range opts {
		o(b)
	}
	rec, err := j.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	switch rec.Status {
	case Running:
		return nil, fmt.Errorf("journal: run %s: %w: process %d on %s works on it", rec.ID, ErrRunning, rec.Machine.PID, rec.Machine.Host)
	case Finished:
		return nil, fmt.Errorf("journal: run %s: %w; begin a new run with it as parent", rec.ID, ErrFinished)
	}
	if rec.Deleted != nil {
		return nil, fault.Invalid("run %s is in the trash; restore it first", rec.ID)
	}
	r := &Run{ID: rec.ID, Experiment: rec.Experiment, Config: rec.Config, j: j, ctx: ctx, keep: b.keep, names: map[string]string{}}
	if r.resumed, err = j.lastCheckpoint(ctx, rec); err != nil {
		return nil, err
	}
	from := record.NoStep
	if r.resumed != nil {
		from = r.resumed.Step
	}
	r.attempt = len(rec.Attempts) + 1
	code, later := soon(j.findCode(b))
	sources, err := j.putSources(ctx, r.attempt, code.files)
	if err != nil {
		return nil, err
	}
	attempt := j.self.attempt(r.attempt, from, time.Now())
	attempt.Code = &code.code
	if err := j.store.Resume(ctx, r.ID, attempt); err != nil {
		return nil, err
	}
	if err := j.store.Change(ctx, r.ID, store.Change{Artifacts: sources}); err != nil {
		return nil, err
	}
	r.awaitCode(later)
	return r, r.start(ctx, b)
}

// lastCheckpoint finds the newest checkpoint whose bytes are whole.
func (j *Journal) lastCheckpoint(ctx context.Context, rec *Record) (*Artifact, error) {
	for i := len(rec.Checkpoints) - 1; i >= 0; i-- {
		c := rec.Checkpoints[i]
		sum, err := j.checkBlob(ctx, c.Digest)
		if err == nil && sum {
			return &c, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return nil, nil
}
