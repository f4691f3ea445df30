package experiment

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"flowbook/journal"
)

// Run executes a registered experiment with overrides such as "train.steps=100", records it in the default journal,
// and shows it to w (nil for none). Ctrl-C, or the cell's stop button, stops it after the step under way and leaves the
// run interrupted, with a checkpoint to resume from; the error is then a [*Stopped].
func Run(name string, w Watcher, overrides ...string) (*journal.Record, error) {
	e, err := journal.Lookup(name)
	if err != nil {
		return nil, err
	}
	return recorded(w, func(ctx context.Context, j *journal.Journal) (*journal.Record, error) {
		return execute(ctx, j, name, e, e.New(), overrides...)
	})
}

// Record is [Run] for a function that a cell writes: it begins a run of that name with the config, calls train, and ends
// the run as train ended. What train panics with as an error, as must does, is the run's error too. A run whose name is
// registered can be resumed and replayed, by the registered function.
func Record[C any](name string, config C, train func(ctx context.Context, run *journal.Run, c C) error, w Watcher, overrides ...string) (*journal.Record, error) {
	e := journal.Typed(name, config, func(ctx context.Context, run *journal.Run, c C) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = panicked(p)
			}
		}()
		return train(ctx, run, c)
	})
	return recorded(w, func(ctx context.Context, j *journal.Journal) (*journal.Record, error) {
		return execute(ctx, j, name, e, &config, overrides...)
	})
}

// execute begins a run of an experiment with a config, a pointer, shortened and then changed by the overrides, and conducts it.
func execute(ctx context.Context, j *journal.Journal, name string, e journal.Experiment, cfg any, overrides ...string) (*journal.Record, error) {
	short, err := shorten(cfg)
	if err != nil {
		return nil, err
	}
	e.New = func() any { return cfg }
	return e.Execute(ctx, j, name, overrides, short...)
}

// panicked gives the error that must panicked with, and panics on with all else.
func panicked(p any) error {
	err, isError := p.(error)
	if _, bug := p.(runtime.Error); !isError || bug {
		panic(p)
	}
	return err
}

// recorded executes something with the default journal, stopped by a signal and shown to w.
func recorded(w Watcher, execute func(context.Context, *journal.Journal) (*journal.Record, error)) (record *journal.Record, err error) {
	err = inCell(func(ctx context.Context, j *journal.Journal) error {
		if w != nil {
			ctx = Watched(ctx, w)
		}
		record, err = execute(ctx, j)
		return stopped(ctx, record, err)
	})
	if err == nil && w != nil {
		showOrigin(record)
	}
	return record, err
}

// inCell opens the default journal, and a context that the cell's stop button ends.
func inCell(do func(ctx context.Context, j *journal.Journal) error) error {
	j, err := journal.OpenDefault()
	if err != nil {
		return err
	}
	defer j.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return do(ctx, j)
}
