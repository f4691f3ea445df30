package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"flowbook/journal/config"
	"flowbook/journal/fault"
	"flowbook/journal/internal/plain"
)

// An Experiment is something that can be run again from its name and config: by a cell, by the command, by [Replay].
type Experiment struct {
	// Doc says in a line what it does.
	Doc string
	// New returns a pointer to a config that holds the defaults.
	New func() any
	// Run runs it. cfg is what New returned, filled in. It goes on from [Run.Restore] when the run is resumed.
	Run func(ctx context.Context, run *Run, cfg any) error
}

// Typed makes an Experiment of a function that takes its config by value.
func Typed[C any](doc string, defaults C, run func(ctx context.Context, run *Run, cfg C) error) Experiment {
	return Experiment{
		Doc: doc,
		New: func() any { c := defaults; return &c },
		Run: func(ctx context.Context, r *Run, cfg any) error { return run(ctx, r, *cfg.(*C)) },
	}
}

type registration struct {
	Experiment
	where string
	err   error
}

var (
	registryMu sync.Mutex
	registry   = map[string]registration{}
)

// Register makes an experiment known by name, usually from an init function. A second registration of a name, or one that lacks
// New or Run, is reported by whoever asks for that experiment.
func Register(name string, e Experiment) {
	registryMu.Lock()
	defer registryMu.Unlock()
	r := registration{Experiment: e}
	if _, file, line, ok := runtime.Caller(1); ok {
		r.where = fmt.Sprintf("%s:%d", file, line)
	}
	if old, ok := registry[name]; ok {
		r.err = fmt.Errorf("journal: experiment %q: %w: at %s and at %s", name, ErrDuplicate, old.where, r.where)
	} else if err := plain.CheckName("experiment", name); err != nil {
		r.err = err
	} else if e.New == nil || e.Run == nil {
		r.err = fault.Invalid("experiment %q registered at %s lacks New or Run", name, r.where)
	}
	registry[name] = r
}

// Experiments lists the registered names, sorted.
func Experiments() []string {
	registryMu.Lock()
	defer registryMu.Unlock()
	return slices.Sorted(maps.Keys(registry))
}

// Lookup finds a registered experiment; its error names those there are, or the likeliest of many.
func Lookup(name string) (Experiment, error) {
	registryMu.Lock()
	r, ok := registry[name]
	registryMu.Unlock()
	if !ok {
		return Experiment{}, fmt.Errorf("journal: experiment %q: %w in this program; it has %s", name, ErrNotFound, near(name, Experiments()))
	}
	return r.Experiment, r.err
}

// near lists names to choose from: all when they are few, else those that are like the one that is not there.
func near(name string, names []string) string {
	const few = 12
	if len(names) <= few {
		return fmt.Sprintf("%q", names)
	}
	like := slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return name == "" || !strings.Contains(n, name) && !strings.Contains(name, n)
	})
	if len(like) == 0 {
		first, _, _ := strings.Cut(name, "-")
		like = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return first == "" || !strings.HasPrefix(n, first) })
	}
	if len(like) == 0 {
		return fmt.Sprintf("%d others, such as %q", len(names), names[:few/2])
	}
	return fmt.Sprintf("%d, such as %q", len(names), like[:min(few, len(like))])
}

// Execute runs a registered experiment with its defaults and the overrides ("couplings=8", "net.planes=32"), records it, and
// returns its record. The error is the experiment's, or says why it could not begin; the record is nil only then.
func Execute(ctx context.Context, j *Journal, name string, overrides []string, opts ...Option) (*Record, error) {
	e, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	return e.Execute(ctx, j, name, overrides, opts...)
}

// Execute is the function [Execute] for an experiment that need not be registered, such as one that a cell writes: name is
// the runs'. Only a registered name can be resumed and replayed.
func (e Experiment) Execute(ctx context.Context, j *Journal, name string, overrides []string, opts ...Option) (*Record, error) {
	cfg := e.New()
	if err := config.Override(cfg, overrides...); err != nil {
		return nil, err
	}
	if err := oneSeed(cfg, overrides, opts); err != nil {
		return nil, err
	}
	return execute(ctx, j, name, e, cfg, opts...)
}

// ExecuteConfig is [Execute] with a config in the place of overrides: of the type New returns, or a pointer to it.
func ExecuteConfig(ctx context.Context, j *Journal, name string, given any, opts ...Option) (*Record, error) {
	e, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	raw, err := config.Encode(given)
	if err != nil {
		return nil, err
	}
	cfg := e.New()
	if err := config.Fill(cfg, raw); err != nil {
		return nil, err
	}
	return execute(ctx, j, name, e, cfg, opts...)
}

func execute(ctx context.Context, j *Journal, name string, e Experiment, cfg any, opts ...Option) (*Record, error) {
	if err := setSeed(name, cfg, opts); err != nil {
		return nil, err
	}
	run, err := j.Begin(ctx, name, cfg, opts...)
	if err != nil {
		return nil, abandoned(run, err)
	}
	return conduct(ctx, e, run, cfg)
}

// Continue resumes a run of a registered experiment (see [Journal.Resume]) and runs it to its end.
func Continue(ctx context.Context, j *Journal, id string, opts ...Option) (*Record, error) {
	rec, err := j.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	e, err := Lookup(rec.Experiment)
	if err != nil {
		return nil, err
	}
	cfg := e.New()
	if _, err := config.FillRecorded(cfg, rec.Config); err != nil {
		return nil, fmt.Errorf("run %s: its recorded config does not fit experiment %q of this program: %w", rec.ID, rec.Experiment, err)
	}
	run, err := j.Resume(ctx, rec.ID, opts...)
	if err != nil {
		return nil, abandoned(run, err)
	}
	return conduct(ctx, e, run, cfg)
}

// abandoned ends a run that began, but not as it was asked for: nobody is going to work on it.
func abandoned(run *Run, err error) error {
	if run == nil {
		return err
	}
	_ = run.Finish(&err) // joins its own error to err
	return err
}

// conduct runs the experiment, finishes the run and reads its record. A panic of the experiment is recorded and returned as an error.
func conduct(ctx context.Context, e Experiment, run *Run, cfg any) (*Record, error) {
	defer run.Finish(nil) // of a goroutine that ends in the experiment; else the run is finished by then
	err := guarded(func() error { return e.Run(ctx, run, cfg) })
	_ = run.Finish(&err) // joins its own error to err
	rec, readErr := run.j.Get(context.WithoutCancel(ctx), run.ID)
	return rec, errors.Join(err, readErr)
}

func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n\n%s", p, debug.Stack())
		}
	}()
	return do()
}

// given applies options.
func given(opts []Option) *beginning {
	b := &beginning{data: map[string]string{}}
	for _, o := range opts {
		o(b)
	}
	return b
}

// oneSeed refuses a seed that is given twice, and not the same.
func oneSeed(cfg any, overrides []string, opts []Option) error {
	b := given(opts)
	for _, o := range overrides {
		if key, value, _ := strings.Cut(o, "="); strings.EqualFold(key, "seed") && b.seed != nil {
			if raw, err := config.Encode(cfg); err == nil {
				if own := config.Seed(raw); own != nil && *own != *b.seed {
					return fault.Invalid("the seed is given twice: as setting %s and as %d", value, *b.seed)
				}
			}
		}
	}
	return nil
}

// setSeed sets the config's seed to the one that the options say: one that is only recorded would be a lie.
func setSeed(experiment string, cfg any, opts []Option) error {
	b := given(opts)
	if b.seed == nil || b.asRecorded {
		return nil
	}
	raw, err := config.Encode(cfg)
	if err != nil {
		return err
	}
	if config.Seed(raw) == nil {
		return fault.Invalid("experiment %q has no whole number under \"seed\" in its config, so seed %d would change nothing; its settings are %q", experiment, *b.seed, slices.Sorted(maps.Keys(config.Flatten(raw))))
	}
	return config.Override(cfg, fmt.Sprintf("seed=%d", *b.seed))
}
