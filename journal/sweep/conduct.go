package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"flowbook/journal"
	"flowbook/journal/internal/secret"
)

// The pauses before a job is taken again. They are short enough for River to need no leader for them.
const (
	retryAfter = time.Second     // a run that failed
	busyAfter  = 2 * time.Second // a run that somebody works on
	laterAfter = 4 * time.Second // a journal that could not be reached
)

// A conductor works jobs: it begins the run of a job, or goes on with it.
type conductor struct {
	river.WorkerDefaults[job]
	*working
}

// Timeout is none: a run takes as long as it takes.
func (c *conductor) Timeout(*river.Job[job]) time.Duration { return -1 }

// NextRetry is when a job that returned an error is taken again.
func (c *conductor) NextRetry(j *river.Job[job]) time.Time { return time.Now().Add(retryAfter) }

// Work does the run of a job. What River hears: nil, the run is finished; a snooze, the job waits; a cancel, it is not to be taken again;
// another error, it is.
func (c *conductor) Work(ctx context.Context, j *river.Job[job]) error {
	c.hold(j.ID)
	defer c.release(j.ID)
	defer c.gate.give(1)
	rec, err := c.queue.journal.Get(ctx, j.Args.Run)
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return c.conduct(ctx, j, Began)
	case err != nil:
		return c.outside(ctx, err)
	case rec.Deleted != nil:
		return river.JobCancel(errors.New("its run is in the trash"))
	case rec.Status == journal.Finished: // by a worker that died before it could say so
		return nil
	case rec.Status == journal.Running:
		return river.JobSnooze(busyAfter)
	}
	return c.conduct(ctx, j, Resumed)
}

// outside is about an error that is not the run's.
func (c *conductor) outside(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return river.JobSnooze(0)
	}
	return river.JobSnooze(laterAfter)
}

// capturing is set while a run of this process records what is printed: only one can.
var capturing atomic.Bool

// conduct begins or resumes the run and sees it to its end.
func (c *conductor) conduct(ctx context.Context, j *river.Job[job], how EventKind) error {
	a := j.Args
	tell := func(kind EventKind, rec *journal.Record, err error) {
		c.Report(Event{Kind: kind, Sweep: a.Sweep, Run: a.Run, Number: a.Number, Values: a.Values, Record: rec, Err: err})
	}
	tell(how, nil, nil)
	var opts []journal.Option
	if c.Workers == 1 && capturing.CompareAndSwap(false, true) {
		defer capturing.Store(false)
		opts = append(opts, journal.WithOutput())
	}
	var rec *journal.Record
	var err error
	if how == Began {
		opts = append(opts, journal.WithID(a.Run), journal.WithSweep(a.Sweep), journal.WithTags(a.Tags...))
		config, _ := secret.Unmasked(a.Config) // what is masked is this worker's default
		rec, err = journal.ExecuteConfig(ctx, c.queue.journal, a.Experiment, json.RawMessage(config), opts...)
	} else {
		rec, err = journal.Continue(ctx, c.queue.journal, a.Run, opts...)
	}
	switch {
	case rec == nil && (errors.Is(err, journal.ErrInvalid) || errors.Is(err, journal.ErrNotFound)): // another program would say the same
		tell(Failed, nil, err)
		return river.JobCancel(kept(err))
	case rec == nil && (errors.Is(err, journal.ErrDuplicate) || errors.Is(err, journal.ErrRunning)): // another worker was faster
		return river.JobSnooze(busyAfter)
	case rec == nil && cancelled(ctx):
		tell(Cancelled, nil, err)
		return river.JobCancel(err)
	case rec == nil:
		return c.outside(ctx, err)
	case rec.Status == journal.Finished:
		tell(Finished, rec, nil)
		return nil
	case rec.Status == journal.Interrupted && cancelled(ctx):
		tell(Cancelled, rec, err)
		return river.JobCancel(err)
	case rec.Status != journal.Failed: // the worker stops, or the journal could not be told how the run ended
		tell(Interrupted, rec, err)
		return c.outside(ctx, err)
	}
	failures := failuresOf(j.JobRow) + 1
	if err := river.MetadataSet(ctx, failuresKey, failures); err != nil {
		return err
	}
	if failures > a.Retries {
		tell(Failed, rec, err)
		return river.JobCancel(kept(err))
	}
	tell(Retrying, rec, err)
	return kept(err)
}

// kept is an error as the queue keeps it.
func kept(err error) error { return errors.New(secret.Prose(err.Error())) }

// cancelled tells whether somebody cancelled the job.
func cancelled(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), rivertype.ErrJobCancelledRemotely)
}

const failuresKey = "failures"

// failuresOf is how often a job's run has failed.
func failuresOf(row *rivertype.JobRow) int {
	var m struct {
		Failures int `json:"failures"`
	}
	_ = json.Unmarshal(row.Metadata, &m) // River's own, always JSON
	return m.Failures
}

func (w *working) hold(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active[id] = true
}

func (w *working) release(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.active, id)
}

func (w *working) holds(id int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.active[id]
}
