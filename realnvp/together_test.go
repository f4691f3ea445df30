package realnvp_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"flowbook/realnvp"
)

// beside calls verbs of a model again and again, each in goroutines of its own, while another function runs.
func beside(t *testing.T, during func(), verbs ...func() error) {
	t.Helper()
	var all sync.WaitGroup
	done := make(chan struct{})
	for _, verb := range verbs {
		all.Go(func() {
			for last := false; !last; {
				select {
				case <-done:
					last = true // once more, after it
				default:
				}
				if err := verb(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	during()
	close(done)
	all.Wait()
}

// TestEvaluatedBesideTraining: whatever is asked of a model while it is trained, or restored, has the weights of one
// step, whole.
func TestEvaluatedBesideTraining(t *testing.T) {
	x, path := gaussian(64, 3), filepath.Join(t.TempDir(), "c.safetensors")
	for _, ema := range []float64{0, 0.9} {
		t.Run(fmt.Sprintf("ema %v", ema), func(t *testing.T) {
			m := newToy(t)
			var mu sync.Mutex
			known := map[string]bool{}
			learn := func() error {
				logp, err := m.LogProb(t.Context(), x)
				mu.Lock()
				defer mu.Unlock()
				known[fmt.Sprint(logp)] = true
				return err
			}
			var seen []string
			ask := func() error {
				logp, err := m.LogProb(t.Context(), x)
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, fmt.Sprint(logp))
				return err
			}
			if err := errors.Join(learn(), m.Save(path)); err != nil {
				t.Fatal(err)
			}
			others := []func() error{ask,
				func() error { _, err := m.Sample(t.Context(), 5, realnvp.SampleConfig{}); return err },
				func() error { _, err := m.Stages(t.Context(), x[:2]); return err },
				func() error { m.Step(); m.NumParameters(); m.Store(); return nil },
				func() error { return m.Save(path + ".beside") },
			}
			beside(t, func() {
				_, err := m.Train(t.Context(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{
					Steps: 40, LearningRate: 0.05, EMA: ema, Validation: x, ValidateEvery: 4, Checkpoint: path + ".trained", CheckpointEvery: 5,
					OnStep: func(realnvp.StepInfo) error { return learn() },
				})
				if err = errors.Join(err, learn()); err != nil {
					t.Error(err)
				}
			}, others...)
			beside(t, func() {
				for range 10 {
					if err := errors.Join(m.Restore(path), m.Restore(path+".trained")); err != nil {
						t.Error(err)
					}
				}
			}, others...)
			for _, logp := range seen {
				if !known[logp] {
					t.Fatalf("%d values of log p, some of no step: %s", len(seen), logp)
				}
			}
		})
	}
}

// TestTrainedTwiceAtOnce: the second Train, and a Restore, say that the first is under way, and do not disturb it.
func TestTrainedTwiceAtOnce(t *testing.T) {
	m, path := newToy(t), filepath.Join(t.TempDir(), "c.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	src := func() *realnvp.Points { return points(t, gaussian(100, 1), 2, 20) }
	again := func() error {
		if _, err := m.Train(context.Background(), src(), realnvp.TrainConfig{Steps: 9}); err == nil || !strings.Contains(err.Error(), "being trained") {
			return fmt.Errorf("a second Train: %v", err)
		}
		if err := m.Restore(path); err == nil || !strings.Contains(err.Error(), "being trained") {
			return fmt.Errorf("a Restore: %v", err)
		}
		return nil
	}
	result, err := m.Train(t.Context(), src(), realnvp.TrainConfig{Steps: 3, OnStep: func(realnvp.StepInfo) error { return again() }})
	if err != nil || result.Step != 3 {
		t.Errorf("%+v, %v", result, err)
	}
	if err := m.Restore(path); err != nil {
		t.Error(err)
	}
}
