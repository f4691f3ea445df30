package realnvp_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/realnvp"
)

// wants checks that an error is there and says each of the words.
func wants(t *testing.T, what string, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", what)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %q does not say %q", what, err, word)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: the error has more than one line: %q", what, err)
	}
}

func TestBadSamplesAreErrors(t *testing.T) {
	m := newImages(t)
	_, err := m.LogProb(t.Context(), nil)
	wants(t, "no samples", err, "no samples")
	_, err = m.LogProb(t.Context(), make([]float32, 15))
	wants(t, "wrong length", err, "15 numbers", "16 numbers each")
	bad := make([]float32, 32)
	bad[17] = float32(math.NaN())
	_, err = m.Encode(t.Context(), bad)
	wants(t, "NaN", err, "sample 1", "NaN", "position 1")
	bad[17] = 256
	_, err = m.BitsPerDim(t.Context(), bad, 1, 1)
	wants(t, "pixel too bright", err, "pixel 1 of sample 1 is 256", "[0, 255]")
	bad[17] = 0.5
	_, err = m.BitsPerDim(t.Context(), bad, 1, 1)
	wants(t, "scaled pixels", err, "pixel 1 of sample 1 is 0.5", "not whole", "0…255")
	_, err = m.Examine(t.Context(), bad, nil)
	wants(t, "scaled pixels, examined", err, "is 0.5", "not whole")
	_, err = m.Train(t.Context(), failing{bad}, realnvp.TrainConfig{Steps: 1})
	wants(t, "scaled pixels, trained on", err, "training batch", "is 0.5", "not whole", "NoDequantize")
	_, err = m.Train(t.Context(), failing{bad}, realnvp.TrainConfig{Steps: 1, Validation: bad})
	wants(t, "scaled pixels, validated on", err, "TrainConfig.Validation", "is 0.5", "not whole")
	if _, err = m.LogProb(t.Context(), bad); err != nil {
		t.Errorf("pixels with noise: %v", err)
	}
	_, err = m.Sample(t.Context(), 0, realnvp.SampleConfig{})
	wants(t, "no samples asked for", err, "1 or more")
	_, err = m.Sample(t.Context(), 1, realnvp.SampleConfig{Temperature: -1})
	wants(t, "temperature", err, "temperature -1")
	_, err = m.Interpolate(t.Context(), make([]float32, 16), make([]float32, 15), 5)
	wants(t, "interpolate", err, "16 and 15")
	_, err = m.LogProb(t.Context(), make([]float32, 16), realnvp.WithLabels(1))
	wants(t, "labels without classes", err, "option Classes")
	_, err = newToy(t).BitsPerDim(t.Context(), make([]float32, 2), 1, 1)
	wants(t, "bits of a vector", err, "NLL")
	_, err = realnvp.OpenBackend("quantum")
	wants(t, "unknown backend", err, "quantum", "xla:cpu", "go")
}

type failing struct{ x []float32 }

func (f failing) Next() ([]float32, []int, []byte, error) {
	if f.x == nil {
		return nil, nil, nil, errors.New("the disk is gone")
	}
	return f.x, nil, nil, nil
}
func (failing) Seek([]byte) error { return nil }

func TestBadTrainingIsAnErrorAndLosesNothing(t *testing.T) {
	m := newToy(t)
	_, err := m.Train(context.Background(), failing{}, realnvp.TrainConfig{})
	wants(t, "no steps", err, "TrainConfig.Steps is 0")
	_, err = m.Train(context.Background(), failing{}, realnvp.TrainConfig{Steps: 3})
	wants(t, "source fails", err, "step 1", "the disk is gone")
	_, err = m.Train(context.Background(), failing{[]float32{1, 2, 3}}, realnvp.TrainConfig{Steps: 3})
	wants(t, "odd batch", err, "step 1", "3 numbers")
	_, err = m.Train(context.Background(), failing{[]float32{1, float32(math.Inf(1))}}, realnvp.TrainConfig{Steps: 3})
	wants(t, "infinite data", err, "sample 0", "Inf")
	if m.Step() != 0 {
		t.Errorf("the failed trainings left the model at step %d", m.Step())
	}
	_, err = realnvp.NewPoints(make([]float32, 10), nil, 2, 6, 1)
	wants(t, "batch too large", err, "batches of 6 from 5 samples")
}

func TestBadCheckpointsAreErrors(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "good.safetensors")
	m := newToy(t)
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(folder, "bad.safetensors")
	write := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(other, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err = realnvp.Load(filepath.Join(folder, "none"))
	wants(t, "missing", err, "does not exist")
	write(raw[:len(raw)-5])
	_, err = realnvp.Load(other)
	wants(t, "truncated", err, other, "truncated")
	flipped := append([]byte(nil), raw...)
	flipped[len(flipped)-3] ^= 1
	write(flipped)
	_, err = realnvp.Load(other)
	wants(t, "one bit flipped", err, other, "damaged")
	edit(t, path, other, `{"version":3,`, `{"version":9,`)
	_, err = realnvp.Load(other)
	wants(t, "newer", err, "version 9", "update flowbook")
	_, err = realnvp.LoadFor(toy(5, nil), path)
	wants(t, "another flow", err, "of another flow", `"Name":"coupling4"`)
	if _, err := realnvp.LoadFor(smallToy(), path); err != nil {
		t.Errorf("the good checkpoint: %v", err)
	}
	wants(t, "save where nothing can be", m.Save("/proc/none/c.safetensors"), "/proc/none")
}
