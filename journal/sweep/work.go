package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"

	"flowbook/journal"
	"flowbook/journal/record"
	"flowbook/journal/sweep/internal/store"
)

// Work says how [Queue.Work] works.
type Work struct {
	// Workers is how many runs to do at a time; 0: 1. What a run prints is recorded only where it is the only one of the process.
	Workers int
	// Sweep takes the runs of this sweep alone, by its id; "": of every sweep whose experiment this program has.
	Sweep string
	// Stay waits for more sweeps when all is done, until the context ends.
	Stay bool
	// Report is told what happens to runs, from several goroutines; nil: nobody is.
	Report func(Event)
}

// An Event is something that happened to a run of a sweep here.
type Event struct {
	Kind  EventKind
	Sweep record.Sweep
	Run   string
	// Number counts the runs of the sweep from 1; Values are those of its parameters.
	Number int
	Values []string
	Record *journal.Record // of a run that ended
	Err    error           // why it failed, or why the sweep is skipped
}

// An EventKind says what happened.
type EventKind string

// The kinds of event. A run that is to be retried has failed before; one that is interrupted waits for another worker, unless it was cancelled.
const (
	Began       EventKind = "began"
	Resumed     EventKind = "resumed"
	Finished    EventKind = "finished"
	Failed      EventKind = "failed"
	Retrying    EventKind = "retrying"
	Interrupted EventKind = "interrupted"
	Cancelled   EventKind = "cancelled"
	PutBack     EventKind = "put back" // its worker died
	Skipped     EventKind = "skipped"  // a sweep whose experiment this program does not have
)

// pause is how often a worker looks for new sweeps and for jobs whose worker died.
const pause = 500 * time.Millisecond

// Work does the runs of sweeps until none is left to do, here or elsewhere: while another worker has the last ones, it stays, to take
// them over should that worker die. When ctx is done the runs under way stop and stay as interrupted, for any worker to go on with.
func (q *Queue) Work(ctx context.Context, o Work) error {
	if err := q.journal.Writable(); err != nil {
		return err
	}
	if o.Workers == 0 {
		o.Workers = 1
	}
	if o.Workers < 0 || o.Workers > river.QueueNumWorkersMax {
		return invalid("%d workers: give a number from 1 to %d", o.Workers, river.QueueNumWorkersMax)
	}
	if o.Report == nil {
		o.Report = func(Event) {}
	}
	if o.Sweep != "" {
		if _, err := q.Sweep(ctx, o.Sweep); err != nil {
			return err
		}
	}
	w := &working{Work: o, queue: q, gate: &gate{free: o.Workers, first: Last}, sweeps: map[string]*sweepHere{}, active: map[int64]bool{}}
	if err := w.loop(ctx); err != nil {
		return fmt.Errorf("journal %s: work on sweeps: %w", q.journal.Name(), err)
	}
	return ctx.Err()
}

// working is one call of Work.
type working struct {
	Work
	queue  *Queue
	gate   *gate
	client store.Client
	sweeps map[string]*sweepHere

	mu     sync.Mutex
	active map[int64]bool // the jobs under way here
}

// A sweepHere is a sweep as this program sees it.
type sweepHere struct {
	err   error // why this program cannot run it
	added bool  // its queue is worked
}

// loop looks around until there is nothing to do.
func (w *working) loop(ctx context.Context) error {
	defer func() {
		if w.client != nil {
			if ctx.Err() == nil {
				_ = w.client.Stop(context.WithoutCancel(ctx)) // it only waits
			}
			<-w.client.Stopped()
		}
	}()
	for ctx.Err() == nil {
		waiting, err := w.look(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case waiting == 0 && !w.Stay:
			return nil
		}
		if err := w.rescue(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return nil
}

// look finds the sweeps that have jobs left, works their queues, and counts these jobs.
func (w *working) look(ctx context.Context) (jobs int, err error) {
	if err := w.queue.need(ctx, store.Never); errors.Is(err, store.ErrNone) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	all, err := w.queue.loads(ctx)
	if err != nil {
		return 0, err
	}
	rank, first := map[string]int{}, math.MaxInt
	for _, l := range all {
		s, err := w.here(ctx, l.sweep)
		if err != nil {
			return 0, err
		}
		if s.err != nil || w.Sweep != "" && l.sweep != w.Sweep {
			continue
		}
		jobs += l.jobs
		rank[l.sweep] = l.priority
		if l.available > 0 {
			first = min(first, l.priority)
		}
	}
	w.gate.turn(rank, first)
	for id, s := range w.sweeps {
		if _, left := rank[id]; left != s.added {
			if err := w.turn(ctx, id, s); err != nil {
				return 0, err
			}
		}
	}
	return jobs, nil
}

// here is a sweep as this program sees it. One that it cannot run is told of once, and is an error where it is the one asked for.
func (w *working) here(ctx context.Context, id string) (*sweepHere, error) {
	if s := w.sweeps[id]; s != nil {
		return s, nil
	}
	s := &sweepHere{}
	w.sweeps[id] = s
	j, err := w.queue.first(ctx, id)
	if err != nil || j == nil {
		return s, err
	}
	if _, s.err = journal.Lookup(j.Experiment); s.err != nil {
		if id == w.Sweep {
			return s, s.err
		}
		w.Report(Event{Kind: Skipped, Sweep: j.Sweep, Err: s.err})
	}
	return s, nil
}

// turn begins or ends the work on a sweep's queue.
func (w *working) turn(ctx context.Context, id string, s *sweepHere) (err error) {
	config := river.QueueConfig{MaxWorkers: w.Workers}
	switch {
	case s.added:
		err = w.client.Queues().Remove(ctx, id)
	case w.client == nil:
		err = w.start(ctx, id, config)
	default:
		err = w.client.Queues().Add(id, config)
	}
	s.added = !s.added
	return err
}

// start starts River. It elects no leader: what a leader does here is not needed, since every pause of a job is shorter than those that
// a leader ends, jobs are kept, and rescue, which knows whether a run's process lives, puts back the jobs of dead workers, where River's
// leader could only go by the time a job has taken.
func (w *working) start(ctx context.Context, id string, queue river.QueueConfig) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &conductor{working: w})
	client, err := w.queue.store.NewClient(&river.Config{
		Queues:                 map[string]river.QueueConfig{id: queue},
		Workers:                workers,
		JobTimeout:             -1,
		MaxAttempts:            math.MaxInt16,
		LeaderElectionDisabled: true,
		FetchPollInterval:      pause,
		PollOnly:               true, // a cancel that is only notified is lost while nobody listens, and River looks again after a minute
		Logger:                 store.Logger,
	}, func(e riverdriver.Executor) riverdriver.Executor { return gated{e, w.gate} })
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		return err
	}
	w.client = client
	return nil
}
