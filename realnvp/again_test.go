package realnvp_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
)

// curve is the losses of a training.
func curve(t *testing.T, m *realnvp.Model, src realnvp.Source, tc realnvp.TrainConfig) (losses []float64) {
	t.Helper()
	tc.OnStep = func(s realnvp.StepInfo) error { losses = append(losses, s.Loss); return nil }
	if _, err := m.Train(context.Background(), src, tc); err != nil {
		t.Fatal(err)
	}
	return losses
}

func same(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestTrainAgain(t *testing.T) {
	train := func(m *realnvp.Model, src realnvp.Source, tc realnvp.TrainConfig) (realnvp.Result, error) {
		return m.Train(context.Background(), src, tc)
	}
	mine := func() *realnvp.Points { return points(t, gaussian(300, 1), 2, 50) }
	ten := realnvp.TrainConfig{Steps: 10}
	trained := func() *realnvp.Model {
		m := newToy(t)
		curve(t, m, mine(), ten)
		return m
	}
	whole := curve(t, newToy(t), mine(), realnvp.TrainConfig{Steps: 14})

	t.Run("for more steps", func(t *testing.T) {
		same(t, "MoreSteps", curve(t, trained(), mine(), realnvp.TrainConfig{MoreSteps: 4}), whole[10:])
		_, err := train(trained(), mine(), realnvp.TrainConfig{Steps: 3, MoreSteps: 4})
		wants(t, "both", err, "MoreSteps is 4")
	})
	t.Run("that asks for nothing", func(t *testing.T) {
		result, err := train(trained(), mine(), ten)
		if err != nil || result.Step != 10 || !strings.Contains(result.Stopped, "MoreSteps") {
			t.Errorf("%+v, %v", result, err)
		}
	})
	others := map[string]*realnvp.Points{"fewer": points(t, gaussian(100, 2), 2, 50), "as many": points(t, gaussian(300, 2), 2, 50)}
	seeded, err := realnvp.NewPoints(gaussian(300, 1), nil, 2, 50, 7)
	if err != nil {
		t.Fatal(err)
	}
	others["shuffled otherwise"] = seeded
	for name, src := range others {
		t.Run("on another source, "+name, func(t *testing.T) {
			m := trained()
			_, err := train(m, src, realnvp.TrainConfig{Steps: 12})
			wants(t, "go on", err, "other-source", "afresh")
			if m.Step() != 10 {
				t.Errorf("the refused training left the model at step %d", m.Step())
			}
			if got := curve(t, m, src, realnvp.TrainConfig{Steps: 12, Start: realnvp.OtherSource}); len(got) != 2 || m.Step() != 12 {
				t.Errorf("%d steps, model at %d", len(got), m.Step())
			}
			// From there it goes on, on that source.
			if _, err := train(m, src, realnvp.TrainConfig{Steps: 14}); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("afresh", func(t *testing.T) {
		m := trained()
		path := filepath.Join(t.TempDir(), "c.safetensors")
		tc := realnvp.TrainConfig{Steps: 6, EMA: 0.9, Start: realnvp.Afresh, Checkpoint: path}
		got := curve(t, m, mine(), tc)
		if len(got) != 6 || m.Step() != 6 || got[0] == whole[10] {
			t.Errorf("%d steps, model at %d", len(got), m.Step())
		}
		if loaded, err := realnvp.Load(path); err != nil || loaded.Step() != 6 {
			t.Error(err)
		}
	})
	t.Run("a best of another validation set", func(t *testing.T) {
		m := newToy(t)
		easy := make([]float32, 20)
		tc := realnvp.TrainConfig{Steps: 4, Validation: easy, ValidateEvery: 2, Patience: 1}
		if _, err := train(m, mine(), tc); err != nil {
			t.Fatal(err)
		}
		tc.Steps, tc.Validation = 8, gaussian(10, 3)
		result, err := train(m, mine(), tc)
		if err != nil || result.Best.Step < 5 {
			t.Errorf("%+v, %v; the best is of the set before", result, err)
		}
	})
}

// TestEMAOnAndOff: without EMA, what is evaluated is what is trained; switched on, an average begins at the weights.
func TestEMAOnAndOff(t *testing.T) {
	x := gaussian(50, 7)
	src := func() *realnvp.Points { return points(t, gaussian(300, 1), 2, 50) }
	logp := func(m *realnvp.Model) []float64 {
		t.Helper()
		v, err := m.LogProb(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	plain := newToy(t)
	curve(t, plain, src(), realnvp.TrainConfig{Steps: 20, LearningRate: 1e-2})
	for _, on := range []float64{0.5, 0.999} {
		m := newToy(t)
		curve(t, m, src(), realnvp.TrainConfig{Steps: 5, LearningRate: 1e-2, EMA: on})
		averaged := logp(m)
		path := filepath.Join(t.TempDir(), "c.safetensors")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		loaded, err := realnvp.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "loaded averages", logp(loaded), averaged)
		_, err = loaded.Train(context.Background(), failing{}, realnvp.TrainConfig{Steps: 20, Start: realnvp.OtherSource})
		wants(t, "a source that fails", err, "the disk is gone")
		same(t, "averages after a training that took no step", logp(loaded), averaged)
		curve(t, loaded, src(), realnvp.TrainConfig{Steps: 20, LearningRate: 1e-2})
		same(t, "EMA off", logp(loaded), logp(plain)) // averages move no weights
		if err := loaded.Save(path); err != nil {
			t.Fatal(err)
		}
		if loaded, err = realnvp.Load(path); err != nil {
			t.Fatal(err)
		}
		same(t, "EMA off, loaded", logp(loaded), logp(plain))
		curve(t, loaded, src(), realnvp.TrainConfig{Steps: 21, LearningRate: 1e-9, EMA: on})
		for i, v := range logp(loaded) {
			if want := logp(plain)[i]; math.Abs(v-want) > 1e-4*math.Max(1, math.Abs(want)) {
				t.Fatalf("EMA on again: log p %v, that of the weights it began with %v", v, want)
			}
		}
	}
}

// slow is a source that gives two batches, and a third only when it is freed.
type slow struct {
	scripted
	freed chan struct{}
}

func (s *slow) Next() ([]float32, []int, []byte, error) {
	if s.n >= 2 {
		<-s.freed
	}
	return s.scripted.Next()
}

// A Train that is cancelled returns while its source, or a validation, is still busy: here both would never end by themselves.
func TestCancelIsAtOnce(t *testing.T) {
	m := newToy(t)
	path := filepath.Join(t.TempDir(), "c.safetensors")
	src := &slow{freed: make(chan struct{})}
	defer close(src.freed)
	cancelAt2 := func(cancel context.CancelCauseFunc, cause error) func(realnvp.StepInfo) error {
		return func(i realnvp.StepInfo) error {
			if i.Step == 2 {
				cancel(cause)
			}
			return nil
		}
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	want := errors.New("no time")
	_, err := m.Train(ctx, src, realnvp.TrainConfig{Steps: 10, Checkpoint: path, OnStep: cancelAt2(cancel, want)})
	if !errors.Is(err, want) {
		t.Errorf("slow source: %v", err)
	}
	if loaded, err := realnvp.Load(path); err != nil || loaded.Step() != 2 || m.Step() != 2 {
		t.Errorf("after the slow source: %v, model at step %d", err, m.Step())
	}

	want = errors.New("still none")
	soon, stop := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, want)
	defer stop()
	if _, err := m.Train(soon, src, realnvp.TrainConfig{Steps: 10}); !errors.Is(err, want) {
		t.Errorf("while the source before is busy: %v", err)
	}

	m = newToy(t, realnvp.WithEvalBatch(1))
	want = errors.New("enough")
	ctx, cancel = context.WithCancelCause(t.Context())
	_, err = m.Train(ctx, points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{
		Steps: 4, Checkpoint: path, ValidateEvery: 2, Validation: gaussian(1<<18, 2), OnStep: cancelAt2(cancel, want),
		OnValidation: func(v realnvp.ValidationInfo) error {
			t.Errorf("the validation of step %d went to its end", v.Step)
			return nil
		},
	})
	if !errors.Is(err, want) {
		t.Errorf("slow validation: %v", err)
	}
	// The validation that was cut is made up for where the training goes on.
	m, err = realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	_, err = m.Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{Steps: 4, ValidateEvery: 2, Validation: gaussian(100, 2),
		OnValidation: func(v realnvp.ValidationInfo) error { at = append(at, v.Step); return nil }})
	if err != nil || len(at) != 2 || at[0] != 2 || at[1] != 4 {
		t.Errorf("validations at %v, want 2 and 4: %v", at, err)
	}
}

func TestCheckpointPathIsTriedFirst(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/dev/null/x", "/dev/null", "/proc/none/c", file + "/c", filepath.Join(folder, "folder"), filepath.Join(folder, "new") + "/"} {
		m := newToy(t)
		steps := 0
		_, err := m.Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{Steps: 3, Checkpoint: path,
			OnStep: func(realnvp.StepInfo) error { steps++; return nil }})
		wants(t, path, err, path, "TrainConfig.Checkpoint")
		if steps > 0 || m.Step() > 0 {
			t.Errorf("%s: %d steps were taken", path, steps)
		}
	}
	if names, err := os.ReadDir(folder); err != nil || len(names) > 3 {
		t.Errorf("%v left behind, %v", names, err)
	}
}

func TestBatchOfOneUnderABatchNorm(t *testing.T) {
	for _, byBatch := range []bool{false, true} {
		m := mustNew(t, toy(4, func() bijector.Bijector {
			return &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5, ByBatch: byBatch}
		}), realnvp.Vector(2))
		_, err := m.Train(context.Background(), points(t, gaussian(100, 1), 2, 1), realnvp.TrainConfig{Steps: 3})
		wants(t, fmt.Sprint("by batch: ", byBatch), err, "batch norm", "batches of 2 samples or more")
		if _, err := m.Train(context.Background(), points(t, gaussian(100, 1), 2, 2), realnvp.TrainConfig{Steps: 3}); err != nil {
			t.Errorf("batches of two: %v", err)
		}
	}
	// An image has many positions, and may have batches of one.
	if _, err := newImages(t).Train(context.Background(), points(t, squares(10, 1), 16, 1), realnvp.TrainConfig{Steps: 2}); err != nil {
		t.Errorf("one image: %v", err)
	}
}

// TestMoreStepsOfACosine: the schedule runs over all steps, those of before included; afresh it begins anew.
func TestMoreStepsOfACosine(t *testing.T) {
	src := func() realnvp.Source { return points(t, gaussian(100, 1), 2, 20) }
	rates := func(m *realnvp.Model, tc realnvp.TrainConfig) (all []float64) {
		tc.LearningRate, tc.Schedule = 1e-3, realnvp.Cosine
		tc.OnStep = func(s realnvp.StepInfo) error { all = append(all, s.LearningRate); return nil }
		if _, err := m.Train(t.Context(), src(), tc); err != nil {
			t.Fatal(err)
		}
		return all
	}
	cosine := func(from, to, steps int) (all []float64) {
		for k := from; k < to; k++ {
			all = append(all, 1e-3*0.5*(1+math.Cos(math.Pi*float64(k)/float64(steps))))
		}
		return all
	}
	m := newToy(t)
	same(t, "ten steps", rates(m, realnvp.TrainConfig{Steps: 10}), cosine(0, 10, 10))
	same(t, "ten more", rates(m, realnvp.TrainConfig{MoreSteps: 10}), cosine(10, 20, 20))
	same(t, "ten afresh", rates(m, realnvp.TrainConfig{Steps: 10, Start: realnvp.Afresh}), cosine(0, 10, 10))
}

// TestAfreshBeginsWithTrainedWeights, whether a training kept averages of them or not.
func TestAfreshBeginsWithTrainedWeights(t *testing.T) {
	src := func() realnvp.Source { return points(t, gaussian(100, 1), 2, 20) }
	again := func(ema float64) []float64 {
		m := newToy(t)
		curve(t, m, src(), realnvp.TrainConfig{Steps: 6, LearningRate: 1e-2, EMA: ema})
		return curve(t, m, src(), realnvp.TrainConfig{Steps: 3, Start: realnvp.Afresh})
	}
	same(t, "losses", again(0.9), again(0))
}
