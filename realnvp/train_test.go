package realnvp_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"

	. "github.com/gomlx/gomlx/core/graph"
)

// gaussian draws n points of a correlated normal, covariance 0.8.
func gaussian(n int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, 0, 2*n)
	for range n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		x = append(x, float32(a), float32(0.8*a+0.6*b))
	}
	return x
}

// smallToy is a flow that compiles in a second: four of the author's couplings, of narrow nets.
func smallToy() bijector.Chain { return toy(4, nil) }

// toy is so many of the author's couplings of the plane, of narrow nets, with a norm after each where one is given.
func toy(couplings int, norm func() bijector.Bijector) bijector.Chain {
	return preset.Vectors{Features: 2, Couplings: couplings, Norm: norm, Coupling: func(k int, mask bijector.Mask) bijector.Bijector {
		mlp := net.OneFeature{Feature: k % 2, Net: net.MLP{Hidden: []int{8}}}
		return &bijector.Coupling{Mask: mask, Net: net.Pair{S: mlp, T: mlp}, Transform: transform.Affine{ScaleStart: param.AtNormal, Translation: transform.TanhTranslation}}
	}}.Flow()
}

// affine is so many plain affine couplings of the plane, which start as the identity.
func affine(couplings, hidden int) bijector.Chain {
	return preset.Vectors{Features: 2, Couplings: couplings, Coupling: func(_ int, mask bijector.Mask) bijector.Bijector {
		mlp := net.MLP{Hidden: []int{hidden}}
		return &bijector.Coupling{Mask: mask, Net: net.Pair{S: mlp, T: mlp}, Transform: transform.Affine{PerElement: true}}
	}}.Flow()
}

// smallImages is a multi-scale flow of 4×4 images with one coupling of each kind.
func smallImages() bijector.Chain {
	return images(bijector.Scale{By: 255}, net.ResNet{WeightNorm: true, Norm: net.InstanceNorm}, bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5})
}

// images is smallImages after something else, of other nets and another norm; none of momentum 0.
func images(first bijector.Bijector, resnet net.ResNet, norm bijector.BatchNorm) bijector.Chain {
	m := preset.MultiScale{Scales: 1, Checkerboards: 1, Channels: 1, Final: 1, Planes: 6, Coupling: func(mask bijector.Mask, planes int) bijector.Bijector {
		n := resnet
		n.Planes, n.Blocks = planes, 1
		return &bijector.Coupling{Mask: mask, Net: net.Pair{S: n, T: n}, Transform: transform.Affine{PerElement: true}}
	}}
	if norm.Momentum > 0 {
		m.Norm = func() bijector.Bijector { n := norm; return &n }
	}
	return append(bijector.Chain{{Name: "first", Bijector: first}}, m.Flow(4, 4, 1)...)
}

func newToy(t *testing.T, opts ...realnvp.Option) *realnvp.Model {
	t.Helper()
	return mustNew(t, smallToy(), append([]realnvp.Option{realnvp.Vector(2)}, opts...)...)
}

func newImages(t *testing.T, opts ...realnvp.Option) *realnvp.Model {
	t.Helper()
	return mustNew(t, smallImages(), append([]realnvp.Option{realnvp.Image(4, 4, 1), realnvp.Pixels()}, opts...)...)
}

func mustNew(t *testing.T, flow bijector.Bijector, opts ...realnvp.Option) *realnvp.Model {
	t.Helper()
	m, err := realnvp.New(flow, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wrapped is smallToy with other layers.
func wrapped(t *testing.T, layer func(path string, b bijector.Bijector) bijector.Bijector) *realnvp.Model {
	t.Helper()
	return mustNew(t, bijector.Wrap(smallToy(), layer), realnvp.Vector(2))
}

func points(t *testing.T, x []float32, dim, batch int) *realnvp.Points {
	t.Helper()
	p, err := realnvp.NewPoints(x, nil, dim, batch, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// squares draws images of a bright square on dark ground.
func squares(n int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 2))
	x := make([]float32, n*16)
	for i := range n {
		at := rng.IntN(3)*4 + rng.IntN(3)
		for _, d := range []int{0, 1, 4, 5} {
			x[i*16+at+d] = float32(180 + rng.IntN(70))
		}
	}
	return x
}

func TestTrainLearnsACorrelatedGaussian(t *testing.T) {
	m := newToy(t)
	held := gaussian(2000, 9)
	before, _, err := m.NLL(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	result, err := m.Train(context.Background(), points(t, gaussian(5000, 1), 2, 500), realnvp.TrainConfig{
		Steps: 300, LearningRate: 5e-3, Schedule: realnvp.Cosine, Validation: held, ClipNorm: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	exact := math.Log(2*math.Pi*math.E) + 0.5*math.Log(1-0.64)
	if gap := result.Last.NLL - exact; gap > 0.05 || gap < -0.05 {
		t.Errorf("held-out NLL %.3f, entropy %.3f, before training %.3f", result.Last.NLL, exact, before)
	}
}

func TestTrainImagesAllOptions(t *testing.T) {
	m := newImages(t)
	held := squares(64, 7)
	before, err := m.BitsPerDim(t.Context(), held, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	var infos []realnvp.StepInfo
	result, err := m.Train(context.Background(), points(t, squares(500, 3), 16, 20), realnvp.TrainConfig{
		Steps: 60, LearningRate: 5e-3, Schedule: realnvp.Halve, HalveEvery: 40, Warmup: 5, ClipNorm: 1, Accumulate: 2,
		EMA: 0.9, L2: 5e-5, Validation: held, ValidateEvery: 20,
		OnStep: func(s realnvp.StepInfo) error { infos = append(infos, s); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(infos) != 60 || infos[59].Step != 60 || infos[59].LearningRate != 2.5e-3 {
		t.Errorf("60 steps asked for; %d came, the last %+v", len(infos), infos[len(infos)-1])
	}
	if !(result.Last.BitsPerDim < before.Mean-1) || result.Last.NonFinite != 0 {
		t.Errorf("validation at %.3f bits/dim, before training %v", result.Last.BitsPerDim, before)
	}
	back, err := m.Encode(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	x, err := m.Decode(t.Context(), back)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x {
		if d := math.Abs(float64(x[i] - held[i])); d > 0.05 {
			t.Fatalf("round trip: pixel %d is %v, was %v", i, x[i], held[i])
		}
	}
}

func TestResumeIsBitForBit(t *testing.T) {
	for name, c := range map[string]struct {
		new        func(*testing.T, ...realnvp.Option) *realnvp.Model
		data, held []float32
	}{
		"toy":    {newToy, gaussian(300, 1), gaussian(50, 2)},
		"images": {newImages, squares(100, 1), squares(20, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			data, held := c.data, c.held
			config := func(path string) realnvp.TrainConfig {
				return realnvp.TrainConfig{Steps: 24, LearningRate: 2e-3, Schedule: realnvp.Cosine, EMA: 0.9, ClipNorm: 0.5,
					Checkpoint: path, CheckpointEvery: 7, Validation: held, ValidateEvery: 6}
			}
			run := func(m *realnvp.Model, path string, stopAfter int) map[int]float64 {
				losses := map[int]float64{}
				tc := config(path)
				stop := errors.New("stop here")
				tc.OnStep = func(s realnvp.StepInfo) error {
					losses[s.Step] = s.Loss
					return nil
				}
				tc.OnCheckpoint = func(step int, _ string) error {
					if step >= stopAfter {
						return stop
					}
					return nil
				}
				_, err := m.Train(context.Background(), points(t, data, m.Dim(), 20), tc)
				if err != nil && !errors.Is(err, stop) {
					t.Fatal(err)
				}
				return losses
			}
			whole, part := filepath.Join(t.TempDir(), "whole.safetensors"), filepath.Join(t.TempDir(), "part.safetensors")
			want := run(c.new(t), whole, 1000)
			run(c.new(t), part, 14)
			m, err := realnvp.LoadFor(c.new(t).Flow(), part)
			if err != nil {
				t.Fatal(err)
			}
			if m.Step() != 14 {
				t.Fatalf("the checkpoint is of step %d, want 14", m.Step())
			}
			got := run(m, part, 1000)
			for step := 15; step <= 24; step++ {
				if got[step] != want[step] {
					t.Errorf("step %d: loss %v resumed, %v never stopped", step, got[step], want[step])
				}
			}
			a, err := realnvp.Load(whole)
			if err != nil {
				t.Fatal(err)
			}
			b, err := realnvp.Load(part)
			if err != nil {
				t.Fatal(err)
			}
			pa, _ := a.LogProb(t.Context(), held)
			pb, _ := b.LogProb(t.Context(), held)
			for i := range pa {
				if pa[i] != pb[i] {
					t.Fatalf("log p of sample %d: %v resumed, %v never stopped", i, pb[i], pa[i])
				}
			}
		})
	}
}

// poison gives NaN once its input passes a limit.
type poison struct {
	bijector.Bijector
	After float64
}

func (p poison) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	z, logDet = p.Bijector.Forward(c, x)
	bad := GreaterThan(ReduceAllMax(x), Scalar(x.Graph(), x.DType(), p.After))
	return Where(bad, MulScalar(z, math.NaN()), z), logDet
}

func TestNaNStopsNamesTheLayerAndKeepsTheWeights(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.safetensors")
	poisoned := func(path string, b bijector.Bijector) bijector.Bijector {
		if path == "coupling2" {
			return poison{b, 1e5}
		}
		return b
	}
	m := wrapped(t, poisoned)
	data := gaussian(100, 1)
	data[2*99] = 3e5 // one far point in the last of five batches
	src, err := realnvp.NewPoints(data, nil, 2, 20, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Train(context.Background(), src, realnvp.TrainConfig{Steps: 10, Checkpoint: path})
	var nan *realnvp.NonFiniteError
	if !errors.As(err, &nan) || nan.Layer != "coupling2" {
		t.Fatalf("got %v; want a NonFiniteError that names coupling2", err)
	}
	kept, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Step() != nan.Step-1 {
		t.Errorf("the checkpoint is of step %d, the failure at %d", kept.Step(), nan.Step)
	}
	logp, err := kept.LogProb(t.Context(), gaussian(10, 3))
	if err != nil || math.IsNaN(logp[0]) {
		t.Errorf("kept weights give log p %v, error %v", logp, err)
	}
}

func TestCancelLeavesACheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.safetensors")
	ctx, cancel := context.WithCancel(context.Background())
	m := newToy(t)
	_, err := m.Train(ctx, points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{Steps: 1000, Checkpoint: path,
		OnStep: func(s realnvp.StepInfo) error {
			if s.Step == 5 {
				cancel()
			}
			return nil
		}})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted after step 5") {
		t.Fatalf("got %v", err)
	}
	kept, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Step() != 5 {
		t.Errorf("the checkpoint is of step %d, want 5", kept.Step())
	}
}
