package realnvp_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/stat"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
)

// TestActNormStartsByTheFirstBatch: both ActNorms, the second behind a coupling, see to it that the batch comes out with
// mean 0 and variance 1; a training that is resumed, or has an average, goes on from there, and one that took no step
// leaves the model as it was.
func TestActNormStartsByTheFirstBatch(t *testing.T) {
	flow := bijector.Chain{{Name: "act0", Bijector: bijector.ActNorm{}}, {Name: "turn", Bijector: bijector.Conv1x1{}}}
	flow = append(append(flow, givenFlow()...), bijector.Layer{Name: "act1", Bijector: bijector.ActNorm{}})
	x := gaussian(60, 1)
	for i := range x {
		x[i] = 30 + 5*x[i]
	}
	all := func() *realnvp.Points { return points(t, x, 2, 60) }
	for name, tc := range map[string]realnvp.TrainConfig{"plain": {}, "EMA": {EMA: 0.9}, "afresh": {Start: realnvp.Afresh}, "other source": {Start: realnvp.OtherSource}} {
		m := mustNew(t, flow, realnvp.Vector(2))
		tc.Steps, tc.LearningRate = 1, 1e-9
		if _, err := m.Train(context.Background(), all(), tc); err != nil {
			t.Fatal(err)
		}
		z, err := m.Encode(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		for column := range 2 {
			var values []float64
			for i := column; i < len(z); i += 2 {
				values = append(values, float64(z[i]))
			}
			if mean, std := stat.PopMeanStdDev(values, nil); math.Abs(mean) > 1e-3 || math.Abs(std-1) > 1e-3 {
				t.Errorf("%s: column %d comes out with mean %v and deviation %v", name, column, mean, std)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "c")
	whole := curve(t, mustNew(t, flow, realnvp.Vector(2)), points(t, x, 2, 20), realnvp.TrainConfig{Steps: 6})
	begun := curve(t, mustNew(t, flow, realnvp.Vector(2)), points(t, x, 2, 20), realnvp.TrainConfig{Steps: 3, Checkpoint: path})
	resumed, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "resumed", append(begun, curve(t, resumed, points(t, x, 2, 20), realnvp.TrainConfig{Steps: 6})...), whole)

	m := mustNew(t, flow, realnvp.Vector(2))
	before := nll(t, m, x)
	broken := errors.New("broken")
	if _, err := m.Train(context.Background(), noSource{broken}, realnvp.TrainConfig{Steps: 1}); !errors.Is(err, broken) {
		t.Errorf("a source that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := m.Train(ctx, cancelling{all(), cancel}, realnvp.TrainConfig{Steps: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if after := nll(t, m, x); m.Step() != 0 || after != before {
		t.Errorf("no step, at %d, and NLL %v before and %v after", m.Step(), before, after)
	}
	same(t, "after none", curve(t, m, points(t, x, 2, 20), realnvp.TrainConfig{Steps: 6}), whole)
}

// noSource is a source that fails.
type noSource struct{ err error }

func (f noSource) Next() ([]float32, []int, []byte, error) { return nil, nil, nil, f.err }
func (f noSource) Seek([]byte) error                       { return nil }

// cancelling is a source that ends its training with its first batch.
type cancelling struct {
	realnvp.Source
	cancel func()
}

func (c cancelling) Next() ([]float32, []int, []byte, error) {
	defer c.cancel()
	return c.Source.Next()
}
