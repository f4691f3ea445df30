package journaled_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/journaled"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
	"flowbook/realnvp/xla"
)

func normal(n int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, 2*n)
	for i := range x {
		x[i] = float32(3 + 2*rng.NormFloat64())
	}
	return x
}

// smallFlow has two couplings in the plane.
func smallFlow() bijector.Chain {
	return bijector.Chain{
		{Name: "c0", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, true), Net: net.MLP{Hidden: []int{4}}, Transform: transform.Affine{Bound: 2}}},
		{Name: "c1", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, false), Net: net.MLP{Hidden: []int{4}}, Transform: transform.Affine{Bound: 2}}},
	}
}

func fresh(t *testing.T) (*realnvp.Model, *realnvp.Points) {
	t.Helper()
	m, err := realnvp.New(smallFlow(), realnvp.Vector(2))
	if err != nil {
		t.Fatal(err)
	}
	src, err := realnvp.NewPoints(normal(100, 1), nil, 2, 20, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m, src
}

// TestTrainAsARun: a run that is interrupted and resumed has the curve of one that never was, and its checkpoints.
func TestTrainAsARun(t *testing.T) {
	ctx := context.Background()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	tc := realnvp.TrainConfig{Steps: 12, LearningRate: 1e-2, EMA: 0.9, Validation: normal(50, 2), ValidateEvery: 4, CheckpointEvery: 5}
	attempt := func(run *journal.Run, stopAt int) (err error) {
		defer run.Finish(&err)
		m, src := fresh(t)
		config := tc
		config.OnStep = func(s realnvp.StepInfo) error {
			if s.Step == stopAt {
				return context.Canceled
			}
			return nil
		}
		_, err = journaled.Train(ctx, run, m, src, config)
		return err
	}
	whole, err := j.Begin(ctx, "whole", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := attempt(whole, 0); err != nil {
		t.Fatal(err)
	}
	cut, err := j.Begin(ctx, "cut", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := attempt(cut, 8); !errors.Is(err, context.Canceled) {
		t.Fatalf("the hook did not stop it: %v", err)
	}
	again, err := j.Resume(ctx, cut.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := attempt(again, 0); err != nil {
		t.Fatal(err)
	}
	for _, metric := range []string{"train_nll", "grad_norm", "learning_rate", "val_nll", "val_nonfinite"} {
		want, err := j.Series(ctx, whole.ID, metric)
		if err != nil || len(want.Steps) == 0 {
			t.Fatalf("%s: %d points, %v", metric, len(want.Steps), err)
		}
		got, err := j.Series(ctx, cut.ID, metric)
		if err != nil || !slices.Equal(got.Steps, want.Steps) || !slices.Equal(got.Values, want.Values) {
			t.Errorf("%s: %v resumed, %v never stopped: %v", metric, got, want, err)
		}
	}
	record, err := j.Get(ctx, cut.ID)
	if err != nil || len(record.Checkpoints) < 2 || record.Status != journal.Finished {
		t.Errorf("status %s, %d checkpoints, %v", record.Status, len(record.Checkpoints), err)
	}
	m, _ := fresh(t)
	want := m.Backend().Name()
	if compiler := xla.Compiler(m.Backend()); compiler != "" { // with XLA, which TestCompileForLong looks at
		want += ", " + compiler
	}
	if record.Backend != want || record.Device == "" {
		t.Errorf("computed by %q on %q, want %q", record.Backend, record.Device, want)
	}
}

// TestNewestCheckpointAfterAnEarlyStop: the newest checkpoint by its step is what training left, the best validation's
// weights, though later steps were checkpointed before; and a run that failed only after it does not train again.
func TestNewestCheckpointAfterAnEarlyStop(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	j, err := journal.Open(filepath.Join(folder, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	run, err := j.Begin(ctx, "early", nil)
	if err != nil {
		t.Fatal(err)
	}
	train := func(run *journal.Run) (m *realnvp.Model, result realnvp.Result, err error) {
		afterwards := errors.New("a figure could not be drawn")
		defer func() { run.Finish(&afterwards) }()
		m, _ = fresh(t)
		src, err := realnvp.NewPoints(normal(20, 1), nil, 2, 20, 1)
		if err != nil {
			return nil, result, err
		}
		result, err = journaled.Train(ctx, run, m, src, realnvp.TrainConfig{
			Steps: 1000, LearningRate: 0.1, Validation: normal(200, 2), ValidateEvery: 5, Patience: 3, CheckpointEvery: 3,
		})
		return m, result, err
	}
	m, result, err := train(run)
	if err != nil || m.Step() != result.Best.Step || m.Step() >= result.Step {
		t.Fatalf("%+v, model at step %d: %v; want an early stop", result, m.Step(), err)
	}
	record, err := j.Get(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	newest := record.Checkpoints[len(record.Checkpoints)-1]
	path := filepath.Join(folder, "newest.safetensors")
	if err := j.Extract(ctx, newest, path); err != nil {
		t.Fatal(err)
	}
	loaded, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	nll, _, err := loaded.NLL(t.Context(), normal(200, 2))
	if err != nil || nll != result.Best.NLL || newest.Step != result.Step {
		t.Errorf("the newest checkpoint, of step %d, scores %v; the best is %+v: %v", newest.Step, nll, result.Best, err)
	}
	again, err := j.Resume(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	m, resumed, err := train(again)
	if err != nil || m.Step() != result.Best.Step || resumed.Step != result.Step || resumed.Stopped == "" {
		t.Errorf("resumed: %+v, model at step %d: %v", resumed, m.Step(), err)
	}
}
