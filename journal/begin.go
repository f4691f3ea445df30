package journal

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"flowbook/journal/config"
	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
)

// fromStart is the step an attempt without a checkpoint begins after.
const fromStart = math.MinInt64

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
	for _, id := range []*string{&b.parent, &b.replayOf} {
		if *id != "" {
			if *id, err = j.Resolve(ctx, *id); err != nil {
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
	r := &Run{ID: b.id, Experiment: experiment, Config: conf, j: j, ctx: ctx, attempt: 1, fromStep: fromStart, keep: b.keep, names: map[string]string{}}
	if err := j.begin(ctx, r, b, found); err != nil {
		return nil, err
	}
	return r, r.start(&sink{run: r.ID, attempt: 1, summaries: map[string]record.Summary{}, tails: map[string]tail{}}, b)
}

// begin writes the run's line, and what it knows by itself.
func (j *Journal) begin(ctx context.Context, r *Run, b *beginning, found <-chan foundCode) error {
	code, later := soon(found)
	sources, err := j.putSources(ctx, r.attempt, code.files)
	if err != nil {
		return err
	}
	line := &Record{ID: r.ID, Name: secret.Prose(b.name), Experiment: r.Experiment, Status: Running, Config: r.Config, Seed: b.seed, Parent: b.parent, ReplayOf: b.replayOf,
		Backend: b.backend, Device: b.device, Machine: gatherMachine(j.self), Started: time.Now(), Sweep: b.sweep}
	err = j.update(ctx, func(t transaction) error {
		var here int
		if err := t.row(ctx, "SELECT count(*) FROM run WHERE id = ?", r.ID).Scan(&here); err != nil {
			return err
		}
		if here > 0 {
			return fmt.Errorf("journal %s: run %s: %w", j.at.Name, r.ID, ErrDuplicate)
		}
		if err := t.insertRun(ctx, line); err != nil {
			return err
		}
		if err := j.insertAttempt(ctx, t, r.ID, r.attempt, r.fromStep); err != nil {
			return err
		}
		if err := t.addTags(ctx, "run", r.ID, b.tags); err != nil {
			return err
		}
		for name, digest := range b.data {
			if err := t.addData(ctx, r.ID, name, digest); err != nil {
				return err
			}
		}
		return t.putCode(ctx, r.ID, r.attempt, code.code, sources)
	})
	if err == nil {
		r.awaitCode(later)
	}
	return err
}

func (j *Journal) insertAttempt(ctx context.Context, t transaction, run string, number int, fromStep int64) error {
	_, err := t.exec(ctx, "INSERT INTO attempt (run, number, from_step, host, boot, pid, pid_start, started, heartbeat) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		run, number, fromStep, j.self.host, j.self.boot, j.self.pid, j.self.start, now(), now())
	return err
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
func (r *Run) start(s *sink, b *beginning) error {
	r.writer = newWriter(r.j, s)
	r.j.mu.Lock()
	r.j.live[r] = true
	r.j.mu.Unlock()
	if b.capture {
		uncapture, err := captureOutput(r)
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

func (t transaction) addTags(ctx context.Context, owner, id string, tags []string) error {
	for _, tag := range slices.Compact(slices.Sorted(slices.Values(tags))) {
		tag = secret.Text(tag)
		if err := plain.CheckName("tag", tag); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "INSERT INTO "+owner+"_tag ("+owner+", tag) VALUES (?, ?) ON CONFLICT DO NOTHING", id, tag); err != nil {
			return err
		}
	}
	return nil
}

func (t transaction) addData(ctx context.Context, run, name, digest string) error {
	if err := plain.CheckName("data set", name); err != nil {
		return err
	}
	_, err := t.exec(ctx, "INSERT INTO run_data (run, name, digest) VALUES (?, ?, ?) ON CONFLICT (run, name) DO UPDATE SET digest = excluded.digest", run, name, plain.Clean(secret.Prose(digest)))
	return err
}
