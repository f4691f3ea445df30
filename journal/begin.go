package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"flowbook/journal/config"
	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
)

// Begin begins a run of an experiment and returns it. cfg is its config: anything that encoding/json can write, usually a struct; nil is
// an empty config. When ctx is done before [Run.Finish], the run is recorded as interrupted.
func (j *Journal) Begin(ctx context.Context, experiment string, cfg any, opts ...Option) (*Run, error) {
	b := &beginning{data: map[string]string{}}
	for _, o := range opts {
		o(b)
	}
	if err := plain.CheckName("experiment", experiment); err != nil {
		return nil, err
	}
	if b.name != "" {
		if err := plain.CheckName("run", b.name); err != nil {
			return nil, err
		}
	}
	found := j.findCode(b)
	conf, err := config.Encode(cfg)
	if err != nil {
		return nil, err
	}
	conf = secret.JSON(conf)
	switch own := config.Seed(conf); {
	case b.seed == nil:
		b.seed = own
	case own != nil && *own != *b.seed && !b.asRecorded:
		return nil, fault.Invalid("WithSeed says seed %d, the config says %d: set the config's", *b.seed, *own)
	}
	for _, id := range []string{b.parent, b.replayOf} {
		if id != "" {
			if err := j.Has(ctx, id); err != nil {
				return nil, err
			}
		}
	}
	if b.id == "" {
		b.id = ids.New()
	}
	if err := ids.Check(b.id); err != nil {
		return nil, err
	}
	r := &Run{ID: b.id, Experiment: experiment, Config: conf, j: j, ctx: ctx, attempt: 1, keep: b.keep, names: map[string]string{}}
	if err := j.begin(ctx, r, b, found); err != nil {
		return nil, err
	}
	return r, r.start(ctx, b)
}

// begin writes the run's line, and what it knows by itself.
func (j *Journal) begin(ctx context.Context, r *Run, b *beginning, found <-chan foundCode) error {
	code, later := soon(found)
	sources, err := j.putSources(ctx, r.attempt, code.files)
	if err != nil {
		return err
	}
	now := time.Now()
	line := &Record{ID: r.ID, Name: secret.Prose(b.name), Experiment: r.Experiment, Status: Running, Config: r.Config, Seed: b.seed, Parent: b.parent, ReplayOf: b.replayOf,
		Backend: b.backend, Device: b.device, Machine: gatherMachine(j.self), Started: now, Sweep: b.sweep, Tags: b.tags, Data: b.data, Code: code.code, Sources: sources,
		Attempts: []record.Attempt{j.self.attempt(r.attempt, record.NoStep, now)}}
	if err := j.store.Insert(ctx, line); err != nil {
		return err
	}
	r.awaitCode(later)
	return nil
}

// MustBegin opens the default journal ([OpenDefault]), begins a run in it, and closes the journal when the run finishes. It is
// for notebook cells and small programs: it panics when the run cannot begin.
func MustBegin(experiment string, cfg any, opts ...Option) *Run {
	j, err := OpenDefault()
	if err != nil {
		panic(err)
	}
	r, err := j.Begin(context.Background(), experiment, cfg, opts...)
	if err != nil {
		j.Close()
		panic(err)
	}
	r.owns = true
	return r
}

// start lets the run take records, and starts what goes beside it.
func (r *Run) start(ctx context.Context, b *beginning) error {
	log, err := r.j.store.Log(ctx, r.ID, r.attempt)
	if err != nil {
		return err
	}
	r.writer = newWriter(r.j, r.ID, r.attempt, log)
	r.j.mu.Lock()
	r.j.live[r] = true
	r.j.mu.Unlock()
	if b.capture != nil {
		uncapture, err := b.capture(r)
		if err != nil {
			return fmt.Errorf("journal: run %s goes on, but its output is not captured: %w", r.ID, err)
		}
		r.uncapture = sync.OnceFunc(uncapture)
	}
	for _, start := range b.companions {
		stop, err := start(r)
		if err != nil {
			return err
		}
		r.companions = append(r.companions, stop)
	}
	return nil
}
