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
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/safetensors"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"

	. "github.com/gomlx/gomlx/core/graph"
)

// robustSmall is a flow without a bound of t, which a high learning rate throws far out.
func robustSmall() bijector.Chain {
	return preset.Vectors{Features: 2, Couplings: 4, Coupling: func(_ int, mask bijector.Mask) bijector.Bijector {
		mlp := net.MLP{Hidden: []int{16}}
		return &bijector.Coupling{Mask: mask, Net: net.Pair{S: mlp, T: mlp}, Transform: transform.Affine{
			PerElement: true, ScaleStart: param.AtOne, Bound: 3, Translation: transform.RawTranslation}}
	}}.Flow()
}

func nll(t *testing.T, m *realnvp.Model, x []float32) float64 {
	t.Helper()
	v, _, err := m.NLL(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestDivergenceKeepsTheGoodCheckpoint trains to a good checkpoint, goes on from it at learning rates that spoil the
// weights, and wants the file and the model to be as good as before, whatever else the training does.
func TestDivergenceKeepsTheGoodCheckpoint(t *testing.T) {
	x := gaussian(1000, 1)
	cases := map[string]realnvp.TrainConfig{
		"rate 100":              {LearningRate: 100, Steps: 60},
		"rate 1, every 5":       {LearningRate: 1, Steps: 60, CheckpointEvery: 5},
		"every step":            {LearningRate: 3, Steps: 60, CheckpointEvery: 1},
		"EMA, every step":       {LearningRate: 3, Steps: 60, CheckpointEvery: 1, EMA: 0.9},
		"accumulated":           {LearningRate: 3, Steps: 60, CheckpointEvery: 1, Accumulate: 2},
		"the very last step":    {LearningRate: 100, Steps: 21},
		"the last, every step":  {LearningRate: 100, Steps: 21, CheckpointEvery: 1},
		"clipped, to the death": {LearningRate: 30, Steps: 200, ClipNorm: 1, CheckpointEvery: 1},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.safetensors")
			if _, err := mustNew(t, robustSmall(), realnvp.Vector(2)).Train(context.Background(), points(t, x, 2, 100),
				realnvp.TrainConfig{Steps: 20, LearningRate: 1e-3, Checkpoint: path, EMA: tc.EMA}); err != nil {
				t.Fatal(err)
			}
			m, err := realnvp.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			before := nll(t, m, x)
			tc.Checkpoint = path
			_, err = m.Train(context.Background(), points(t, x, 2, 100), tc)
			var spoiled *realnvp.NonFiniteError
			if !errors.As(err, &spoiled) {
				t.Fatalf("the training diverged without a *NonFiniteError: %v", err)
			}
			if spoiled.Update == 0 || spoiled.Kept != m.Step() || strings.Contains(err.Error(), "\n") {
				t.Errorf("model at step %d: %v", m.Step(), err)
			}
			file, err := realnvp.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			for what, m := range map[string]*realnvp.Model{"file": file, "model": m} {
				if got := nll(t, m, x); math.Abs(got-before) > 0.3 {
					t.Errorf("the %s, of step %d, scores %v; before the divergence %v", what, m.Step(), got, before)
				}
			}
			// What is left can be trained.
			if _, err := m.Train(context.Background(), points(t, x, 2, 100), realnvp.TrainConfig{MoreSteps: 2}); err != nil {
				t.Errorf("training on: %v", err)
			}
		})
	}
}

// scripted yields batches of its own, the bad one with a far point.
type scripted struct {
	n, bad int
}

func (s *scripted) Next() ([]float32, []int, []byte, error) {
	s.n++
	x := gaussian(20, uint64(s.n))
	if s.n == s.bad {
		x[0] = 3e5
	}
	return x, nil, []byte("{}"), nil
}
func (s *scripted) Seek([]byte) error { return nil }

// nanBeyond gives NaN once its input passes a limit, and leaves the gradient alone before.
type nanBeyond struct {
	bijector.Bijector
	Limit float64
}

func (p nanBeyond) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	z, logDet = p.Bijector.Forward(c, x)
	g := x.Graph()
	bad := GreaterThan(ReduceAllMax(x), Scalar(g, x.DType(), p.Limit))
	return Add(z, Where(bad, Scalar(g, x.DType(), math.NaN()), Scalar(g, x.DType(), 0.0))), logDet
}

// TestRefusedStepMovesNothing: a batch that gives NaN at step 4 leaves, bit for bit, the state of a clean stop at 3.
func TestRefusedStepMovesNothing(t *testing.T) {
	withNorm := toy(4, func() bijector.Bijector { return &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5} })
	cases := map[string]struct {
		tc  realnvp.TrainConfig
		bad int // the batch
	}{
		"plain":                {realnvp.TrainConfig{}, 4},
		"EMA":                  {realnvp.TrainConfig{EMA: 0.9, ClipNorm: 1}, 4},
		"accumulated":          {realnvp.TrainConfig{EMA: 0.9, Accumulate: 2}, 8},
		"first of accumulated": {realnvp.TrainConfig{Accumulate: 2, CheckpointEvery: 1}, 7},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			state := func(bad, steps int) safetensors.File {
				path := filepath.Join(t.TempDir(), "c.safetensors")
				tc := c.tc
				tc.Steps, tc.Checkpoint = steps, path
				m := mustNew(t, bijector.Wrap(withNorm, func(p string, b bijector.Bijector) bijector.Bijector {
					if p == "coupling0" {
						return nanBeyond{b, 1e5}
					}
					return b
				}), realnvp.Vector(2))
				_, err := m.Train(context.Background(), &scripted{bad: bad}, tc)
				var nan *realnvp.NonFiniteError
				if bad == 0 && err != nil || bad > 0 && (!errors.As(err, &nan) || nan.Step != 4 || nan.Kept != 3 || nan.Update != 0 || nan.Layer != "coupling0") {
					t.Fatalf("batch %d bad: %v", bad, err)
				}
				raw, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				file, err := safetensors.Parse(raw)
				if err != nil {
					t.Fatal(err)
				}
				return file
			}
			got, want := state(c.bad, 10), state(0, 3)
			if len(got.Tensors) != len(want.Tensors) {
				t.Errorf("%d tensors, want %d", len(got.Tensors), len(want.Tensors))
			}
			for name := range want.Tensors {
				if string(got.Tensors[name].Data) != string(want.Tensors[name].Data) {
					t.Errorf("%s moved", name)
				}
			}
			if got.Metadata["flowbook"] != want.Metadata["flowbook"] {
				t.Errorf("header\n%s, want\n%s", got.Metadata["flowbook"], want.Metadata["flowbook"])
			}
		})
	}
}
