package experiment

import (
	"context"

	"flowbook/journal"
	"flowbook/realnvp"
)

// Watcher is shown a training as it goes: a notebook's progress bar and live curve, or a terminal's line.
type Watcher interface {
	// Begin comes once, before the first step.
	Begin(run *journal.Run, steps int)
	// Step comes after every step.
	Step(realnvp.StepInfo)
	// Validation comes after every validation.
	Validation(realnvp.ValidationInfo)
}

type watcherKey struct{}

// Watched makes the experiments of a context show themselves to a Watcher.
func Watched(ctx context.Context, w Watcher) context.Context {
	return context.WithValue(ctx, watcherKey{}, w)
}

func watcherOf(ctx context.Context) Watcher {
	if w, ok := ctx.Value(watcherKey{}).(Watcher); ok {
		return w
	}
	return unwatched{}
}

type unwatched struct{}

func (unwatched) Begin(*journal.Run, int)           {}
func (unwatched) Step(realnvp.StepInfo)             {}
func (unwatched) Validation(realnvp.ValidationInfo) {}

// Shown is a training's settings with hooks that show it to the context's Watcher.
func Shown(ctx context.Context, run *journal.Run, t realnvp.TrainConfig) realnvp.TrainConfig {
	watcher := watcherOf(ctx)
	watcher.Begin(run, t.Steps)
	t.OnStep = func(s realnvp.StepInfo) error {
		watcher.Step(s)
		return nil
	}
	t.OnValidation = func(v realnvp.ValidationInfo) error {
		watcher.Validation(v)
		return nil
	}
	return t
}
