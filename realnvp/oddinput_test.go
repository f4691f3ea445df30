package realnvp_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/base"
)

// TestCallsThatCannotBe are errors, not panics.
func TestCallsThatCannotBe(t *testing.T) {
	m := newToy(t)
	var nowhere context.Context // as from a struct whose field nobody set
	x := gaussian(2, 1)
	_, err := m.LogProb(nowhere, x)
	wants(t, "no context", err, "context is nil")
	_, err = m.Train(nowhere, points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{Steps: 1})
	wants(t, "training without a context", err, "context is nil")
	_, err = m.LogProb(t.Context(), x, nil)
	wants(t, "nil option", err, "option 0", "nil")
	_, err = m.Latent(math.MaxInt, realnvp.SampleConfig{})
	wants(t, "latents without end", err, "drawing", "len out of range")
	_, err = m.Wide().LogProb(t.Context(), []float64{1, 1e300})
	wants(t, "too large for float32", err, "1e+300 at position 1", "Float64")
	wants(t, "no path", m.Save(""), "the path is empty")
	_, err = realnvp.LoadFor(nil, "c.safetensors")
	wants(t, "no flow", err, "flow is nil")
}

// TestMoreStepsWithoutEnd goes on until it is stopped.
func TestMoreStepsWithoutEnd(t *testing.T) {
	m, enough := newToy(t), errors.New("enough")
	src := points(t, gaussian(40, 1), 2, 20)
	curve(t, m, src, realnvp.TrainConfig{Steps: 2})
	_, err := m.Train(t.Context(), src, realnvp.TrainConfig{MoreSteps: math.MaxInt, OnStep: func(s realnvp.StepInfo) error {
		if s.Step == 5 {
			return enough
		}
		return nil
	}})
	if !errors.Is(err, enough) || m.Step() != 5 {
		t.Errorf("step %d, %v", m.Step(), err)
	}
}

// TestNumbersThatFloat32DoesNotHold train and validate a model in float64.
func TestNumbersThatFloat32DoesNotHold(t *testing.T) {
	x := []float64{1e200, 1, -1e200, 2, 3e200, -5, 2e200, 4}
	layer, err := realnvp.Standardize(x, 2)
	if err != nil || math.Abs(layer.Scale[0]/1.4790199457749e200-1) > 1e-9 {
		t.Fatalf("%v, %v", layer, err)
	}
	flow := smallToy()
	flow = append(flow[:0:0], flow...)
	flow[0].Bijector = layer
	src, err := realnvp.NewPoints64(x, nil, 2, 2, math.MaxUint64)
	if err != nil {
		t.Fatal(err)
	}
	m := mustNew(t, flow, realnvp.Vector(2), realnvp.Float64(), realnvp.Seed(math.MaxUint64-1))
	result, err := m.Train(t.Context(), src, realnvp.TrainConfig{Steps: 2, Validation64: x, Seed: math.MaxUint64})
	if err != nil || !(result.Last.NLL > 400) || result.Last.NonFinite > 0 {
		t.Errorf("%+v, %v", result, err)
	}
	small, err := realnvp.Standardize([]float64{1e-200, 1, 2e-200, 2, 4e-200, 7}, 2)
	if err != nil || small.Scale[0] < 1e-200 {
		t.Errorf("%v, %v", small, err)
	}
}

// TestWhatACheckpointIsStays: neither an option of Load nor a model that is restored makes another model of it.
func TestWhatACheckpointIsStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	if err := newToy(t).Save(path); err != nil {
		t.Fatal(err)
	}
	for name, opt := range map[string]realnvp.Option{
		"base": realnvp.Base(base.Logistic{}), "pixels": realnvp.Pixels(), "float64": realnvp.Float64(), "seed": realnvp.Seed(9), "image": realnvp.Image(1, 2, 1),
	} {
		_, err := realnvp.Load(path, opt)
		wants(t, name, err, path)
	}
	_, err := realnvp.Load(path, nil)
	wants(t, "nil option", err, "option 0")
	if _, err := realnvp.Load(path, realnvp.Vector(2), realnvp.WithEvalBatch(3)); err != nil {
		t.Error(err)
	}
	m := newToy(t, realnvp.Base(base.Logistic{}))
	before := nll(t, m, gaussian(10, 1))
	wants(t, "another base", m.Restore(path), "another model", "base.Logistic")
	if after := nll(t, m, gaussian(10, 1)); after != before {
		t.Errorf("NLL %v after the refused Restore, %v before", after, before)
	}
	if err := newToy(t, realnvp.Seed(12)).Restore(path); err != nil {
		t.Errorf("another seed: %v", err)
	}
}

// TestBestCheckpointIsTriedFirst: its file too, before the first step.
func TestBestCheckpointIsTriedFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.safetensors")
	if err := os.Mkdir(realnvp.BestCheckpoint(path), 0o755); err != nil {
		t.Fatal(err)
	}
	m := newToy(t)
	tc := realnvp.TrainConfig{Steps: 4, Checkpoint: path, Validation: gaussian(10, 1), ValidateEvery: 2}
	_, err := m.Train(t.Context(), points(t, gaussian(40, 1), 2, 20), tc)
	wants(t, "a folder", err, realnvp.BestCheckpoint(path), "no plain file")
	if m.Step() != 0 {
		t.Errorf("%d steps were taken", m.Step())
	}
}

// TestSavesAtOnce: a model may be saved and scored by several goroutines.
func TestSavesAtOnce(t *testing.T) {
	m, folder := newToy(t), t.TempDir()
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "a", "b"} {
		wg.Go(func() {
			if err := m.Save(filepath.Join(folder, name)); err != nil {
				t.Error(err)
			}
			nll(t, m, gaussian(10, 1))
		})
	}
	wg.Wait()
	if _, err := realnvp.Load(filepath.Join(folder, "a")); err != nil {
		t.Error(err)
	}
}
