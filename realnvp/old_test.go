package realnvp_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"flowbook/realnvp"
)

// TestCheckpointOfBefore: testdata/before-state.safetensors was written by the program as it was before a training's
// state was one value and before positions said which data they are of; it has averages. It loads, scores, and goes on.
func TestCheckpointOfBefore(t *testing.T) {
	raw, err := os.ReadFile("testdata/before-state.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "c.safetensors")
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := realnvp.LoadFor(smallToy(), path)
	if err != nil {
		t.Fatal(err)
	}
	before := nll(t, m, gaussian(100, 1))
	src := points(t, gaussian(100, 1), 2, 20)
	if _, err := m.Train(context.Background(), src, realnvp.TrainConfig{Steps: 60, EMA: 0.9, Checkpoint: path}); err != nil {
		t.Fatal(err)
	}
	if after := nll(t, m, gaussian(100, 1)); m.Step() != 60 || !(after < before) {
		t.Errorf("step %d; NLL %v before and %v after", m.Step(), before, after)
	}
	if _, err := realnvp.Load(path); err != nil {
		t.Error(err)
	}
}

// TestCheckpointWithoutCount: testdata/before-count.safetensors is of an untrained model, written when only a training made
// the count of batches that Debias has. It loads and trains.
func TestCheckpointWithoutCount(t *testing.T) {
	m, err := realnvp.Load("testdata/before-count.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	got := curve(t, m, points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{Steps: 3})
	same(t, "losses", got, curve(t, mustNew(t, m.Flow(), realnvp.Vector(2)), points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{Steps: 3}))
}
