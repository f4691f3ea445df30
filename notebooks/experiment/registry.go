package experiment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"flowbook/data"
	"flowbook/journal"
	"flowbook/realnvp"
)

func init() {
	for _, p := range []Profile{Quick, CPU, Full} {
		register("mnist", p, "train a flow on MNIST and score it on the 10,000 test images", MNIST(p))
		register("cifar10", p, "train a flow on CIFAR-10, or on what of it is at hand, and score it on its test images", CIFAR10(p))
		register("celeba", p, "train a flow on CelebA, or on procedural faces, and score it on its test images", CelebA(p))
	}
}

func register(name string, p Profile, doc string, defaults Images) {
	journal.Register(p.Name(name), journal.Typed(doc+", profile "+string(p), defaults,
		func(ctx context.Context, run *journal.Run, c Images) error { return c.Run(ctx, run) }))
}

// Run executes a registered experiment with overrides such as "train.steps=100", records it in the default journal,
// and shows it to w (nil for none). Ctrl-C, or the cell's stop button, stops it after the step under way and leaves the
// run interrupted, with a checkpoint to resume from.
func Run(name string, w Watcher, overrides ...string) (*journal.Record, error) {
	j, err := journal.OpenDefault()
	if err != nil {
		return nil, err
	}
	defer j.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if w != nil {
		ctx = Watched(ctx, w)
	}
	return journal.Execute(ctx, j, name, overrides)
}

// Latest finds the newest run of an experiment that has a checkpoint, in the default journal.
func Latest(ctx context.Context, j *journal.Journal, name string) (*journal.Record, error) {
	records, err := j.Runs(ctx, journal.Query{Experiment: name, Sort: "-started"})
	if err != nil {
		return nil, err
	}
	for _, header := range records {
		record, err := j.Get(ctx, header.ID)
		if err != nil {
			return nil, err
		}
		if len(record.Checkpoints) > 0 {
			return record, nil
		}
	}
	return nil, fmt.Errorf("experiment: the journal has no run of %q with a checkpoint; run its training cell first, or `journal run %s`", name, name)
}

// Load gives the model of the newest run of an experiment, and its record. The checkpoint comes from the journal,
// through a copy in data.Home()/checkpoints.
//
// It is for a cell that draws or scores some images and ends, most of whose time XLA would spend on compiling: it makes
// XLA leave LLVM's optimisation out, which saves more than the slower code costs up to some hundred images. Where
// XLA_FLAGS is set, that holds.
func Load(name string) (*realnvp.Model, *journal.Record, error) {
	if os.Getenv("XLA_FLAGS") == "" { // XLA reads it when it first compiles
		os.Setenv("XLA_FLAGS", "--xla_backend_optimization_level=0")
	}
	ctx := context.Background()
	j, err := journal.OpenDefault()
	if err != nil {
		return nil, nil, err
	}
	defer j.Close()
	record, err := Latest(ctx, j, name)
	if err != nil {
		return nil, nil, err
	}
	newest := record.Checkpoints[0]
	for _, c := range record.Checkpoints {
		if c.Step > newest.Step {
			newest = c
		}
	}
	path := filepath.Join(data.Home(), "checkpoints", newest.Digest+".safetensors")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := j.Extract(ctx, newest, path); err != nil {
			return nil, record, err
		}
	}
	m, err := realnvp.Load(path)
	return m, record, err
}
