package realnvp_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/realnvp"
)

// overfit is a training on few points that is best early on.
func overfit(held []float32) realnvp.TrainConfig {
	return realnvp.TrainConfig{Steps: 600, LearningRate: 3e-2, Validation: held, ValidateEvery: 10, Patience: 4}
}

// TestEarlyStopGivesBackTheBest: what is left scores what Result.Best says, in memory and in both files, with and
// without averages, also where the best is of the process before.
func TestEarlyStopGivesBackTheBest(t *testing.T) {
	held, few := gaussian(500, 5), gaussian(40, 1)
	for name, ema := range map[string]float64{"plain": 0, "EMA": 0.8} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.safetensors")
			tc := overfit(held)
			tc.EMA, tc.Checkpoint, tc.CheckpointEvery = ema, path, 7
			m := mustNew(t, robustSmall(), realnvp.Vector(2))
			result, err := m.Train(context.Background(), points(t, few, 2, 40), tc)
			if err != nil {
				t.Fatal(err)
			}
			if result.Stopped == "" || result.Best.Step >= result.Step || m.Step() != result.Best.Step {
				t.Fatalf("%+v, model at step %d; want an early stop after the best", result, m.Step())
			}
			for what, file := range map[string]string{"checkpoint": path, "best checkpoint": realnvp.BestCheckpoint(path)} {
				loaded, err := realnvp.Load(file)
				if err != nil {
					t.Fatal(err)
				}
				if got := nll(t, loaded, held); got != result.Best.NLL || loaded.Step() != result.Best.Step {
					t.Errorf("the %s, of step %d, scores %v; the best is %+v", what, loaded.Step(), got, result.Best)
				}
			}
			if got := nll(t, m, held); got != result.Best.NLL {
				t.Errorf("the model scores %v; the best is %v", got, result.Best.NLL)
			}
		})
	}
	t.Run("the last on demand", func(t *testing.T) {
		tc := overfit(held)
		tc.ReturnLast = true
		m := mustNew(t, robustSmall(), realnvp.Vector(2))
		result, err := m.Train(context.Background(), points(t, few, 2, 40), tc)
		if err != nil || m.Step() != result.Step || nll(t, m, held) != result.Last.NLL {
			t.Errorf("%+v, %v; the model is at step %d", result, err, m.Step())
		}
	})
	t.Run("best of the process before", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "c.safetensors")
		tc := overfit(held)
		tc.Checkpoint = path
		whole := mustNew(t, robustSmall(), realnvp.Vector(2))
		want, err := whole.Train(context.Background(), points(t, few, 2, 40), tc)
		if err != nil {
			t.Fatal(err)
		}
		// The same, cut by a hook two validations after the best.
		tc.OnStep = func(s realnvp.StepInfo) error {
			if s.Step == want.Best.Step+25 {
				return context.Canceled
			}
			return nil
		}
		if _, err := mustNew(t, robustSmall(), realnvp.Vector(2)).Train(context.Background(), points(t, few, 2, 40), tc); err == nil {
			t.Fatal("the hook did not stop it")
		}
		m, err := realnvp.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		again, err := realnvp.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		tc.OnStep = nil
		got, err := m.Train(context.Background(), points(t, few, 2, 40), tc)
		if err != nil || got.Best != want.Best || got.Step != want.Step || m.Step() != want.Best.Step || nll(t, m, held) != want.Best.NLL {
			t.Errorf("resumed %+v, %v, model at step %d; never stopped %+v", got, err, m.Step(), want)
		}
		// From the same cut, without the file of the best, the last is left, and it is said.
		if err := os.Remove(realnvp.BestCheckpoint(path)); err != nil {
			t.Fatal(err)
		}
		got, err = again.Train(context.Background(), points(t, few, 2, 40), tc)
		if err != nil || !strings.Contains(got.Stopped, "not at hand") {
			t.Errorf("without the file: %+v, %v", got, err)
		}
	})
}

// TestValidationThatIsNotFinite is never the best, is counted, and leaves a checkpoint that loads.
func TestValidationThatIsNotFinite(t *testing.T) {
	some := append(gaussian(9, 1), 1e20, 1e20)
	for name, held := range map[string][]float32{"none finite": {1e20, 1e20}, "some finite": some} {
		path := filepath.Join(t.TempDir(), "c.safetensors")
		var seen []realnvp.ValidationInfo
		m := mustNew(t, robustSmall(), realnvp.Vector(2))
		result, err := m.Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{
			Steps: 6, Checkpoint: path, CheckpointEvery: 2, Validation: held, ValidateEvery: 2,
			OnValidation: func(v realnvp.ValidationInfo) error { seen = append(seen, v); return nil }})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if result.NonFinite != 3 || result.Best.Step != 0 || len(seen) != 3 || seen[2].Best || seen[2].NonFinite != 1 {
			t.Errorf("%s: %+v; validations %+v", name, result, seen)
		}
		if !strings.Contains(seen[2].String(), "not finite") {
			t.Errorf("%s: %v does not say that samples are not finite", name, seen[2])
		}
		if loaded, err := realnvp.Load(path); err != nil || loaded.Step() != 6 {
			t.Errorf("%s: %v", name, err)
		}
		// A finite set after it starts anew and has a best.
		result, err = m.Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{
			Steps: 8, Validation: gaussian(10, 2), ValidateEvery: 2, Patience: 1})
		if err != nil || result.Best.Step != 8 || math.IsNaN(result.Best.NLL) {
			t.Errorf("%s: then %+v, %v", name, result, err)
		}
	}
	stopped, err := mustNew(t, robustSmall(), realnvp.Vector(2)).Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{
		Steps: 50, Validation: some, ValidateEvery: 2, Patience: 3})
	if err != nil || stopped.Step != 6 || !strings.Contains(stopped.Stopped, "none was finite") {
		t.Errorf("patience with validations that are not finite: %+v, %v", stopped, err)
	}
}
