// Package experiment holds the experiments of the notebooks: each is one function of (context, run, config), which a
// cell, the command `journal run` and a replay all call. It also holds what two cells would have to share.
package experiment

import (
	"context"
	"errors"
	"os"

	"flowbook/journal"
	"flowbook/journal/home"
	"flowbook/notebooks/profiles"
	"flowbook/notebooks/runs"
	"flowbook/realnvp"
)

func init() {
	for _, p := range []profiles.Profile{profiles.Quick, profiles.CPU, profiles.Full} {
		register("mnist", p, "train a flow on MNIST and score it on test images, all 10,000 but for quick", MNIST(p))
		register("cifar10", p, "train a flow on CIFAR-10, or on what of it is at hand, and score it on its test images", CIFAR10(p))
		register("celeba", p, "train a flow on CelebA, or on procedural faces, and score it on its test images", CelebA(p))
	}
}

func register(name string, p profiles.Profile, doc string, defaults Images) {
	journal.Register(p.Name(name), journal.Typed(doc+", profile "+string(p), defaults,
		func(ctx context.Context, run *journal.Run, c Images) error { return c.Run(ctx, run) }))
}

// Load gives the model of the newest finished run of an experiment, and its record, and says which run and step it is.
// The checkpoint comes from the journal, through a copy in home.Dir()/checkpoints.
//
// A cell that samples as the training did at its end, or runs again, finds its program compiled: see [flowbook/realnvp/xla].
func Load(name string) (*realnvp.Model, *journal.Record, error) {
	record, err := runs.Latest(name)
	if err != nil {
		return nil, nil, err
	}
	return load(record)
}

// LoadRun is [Load] for one run, named by its ID: also one that was stopped.
func LoadRun(id string) (*realnvp.Model, *journal.Record, error) {
	record, err := runs.Named(id)
	if err != nil {
		return nil, nil, err
	}
	return load(record)
}

func load(record *journal.Record) (*realnvp.Model, *journal.Record, error) {
	newest, err := runs.Checkpoint(record)
	if err != nil {
		return nil, record, err
	}
	path := home.Path("checkpoints", newest.Digest+".safetensors")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := extract(newest, path); err != nil {
			return nil, record, err
		}
	}
	m, err := realnvp.Load(path)
	if err == nil {
		showOrigin(record)
	}
	return m, record, err
}

// extract copies a file out of the default journal.
func extract(a journal.Artifact, path string) error {
	j, err := journal.OpenDefault()
	if err != nil {
		return err
	}
	defer j.Close()
	return j.Extract(context.Background(), a, path)
}
