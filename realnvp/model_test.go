package realnvp_test

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// TestUntrainedScoreInClosedForm: a flow that is the identity after x/256 and a base of N(0, 1) is no uniform, but its score is
// known in closed form; and a uniform density, log p = −D·log 256, is 8 bits/dim by the definition.
func TestUntrainedScoreInClosedForm(t *testing.T) {
	m := mustNew(t, images(bijector.Scale{By: 256}, net.ResNet{Norm: net.InstanceNorm}, bijector.BatchNorm{}), realnvp.Image(4, 4, 1), realnvp.Pixels())
	x := make([]float32, 16)
	for i := range x {
		x[i] = 128 // 0.5 after x/256
	}
	logp, err := m.LogProb(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	got := -logp[0] / (16 * math.Ln2)
	want := (0.125+0.5*math.Log(2*math.Pi))/math.Ln2 + 8
	if math.Abs(got-want) > 1e-5 {
		t.Errorf("%.6f bits/dim, want %.6f", got, want)
	}
}

func TestFreshFlowIsTheIdentity(t *testing.T) {
	m := mustNew(t, images(bijector.Chain{}, net.ResNet{Norm: net.InstanceNorm}, bijector.BatchNorm{}), realnvp.Image(4, 4, 1))
	logp, err := m.LogProb(t.Context(), squares(1, 1))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range squares(1, 1) {
		sum += float64(v) * float64(v)
	}
	if want := -0.5*sum - 8*math.Log(2*math.Pi); math.Abs(logp[0]-want) > 1e-5*math.Abs(want) {
		t.Errorf("log p %.6f, that of N(0, I) is %.6f", logp[0], want)
	}
}

func TestClassConditional(t *testing.T) {
	// Two classes of points, left and right: a class-conditional flow draws each where it belongs.
	m := mustNew(t, affine(4, 8), realnvp.Vector(2), realnvp.Classes(2))
	x := gaussian(1000, 1)
	labels := make([]int, 1000)
	for i := range labels {
		labels[i] = i % 2
		x[2*i] = 0.3*x[2*i] + float32(4*(i%2)-2)
	}
	src, err := realnvp.NewPoints(x, labels, 2, 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Train(context.Background(), src, realnvp.TrainConfig{Steps: 150, LearningRate: 1e-2, ClipNorm: 1}); err != nil {
		t.Fatal(err)
	}
	for label, side := range []float32{-1, 1} {
		drawn, err := m.Sample(t.Context(), 200, realnvp.SampleConfig{Seed: 1, Labels: []int{label}})
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for i := range 200 {
			if drawn[2*i]*side > 0 {
				right++
			}
		}
		if right < 180 {
			t.Errorf("class %d: %d of 200 samples on its side", label, right)
		}
	}
	_, err = m.LogProb(t.Context(), x)
	wants(t, "no labels", err, "WithLabels")
	_, err = m.LogProb(t.Context(), x[:2], realnvp.WithLabels(2))
	wants(t, "label out of range", err, "label 2", "0…1")
}

func TestCheckpointOnTheGoBackend(t *testing.T) {
	m := newImages(t)
	path := filepath.Join(t.TempDir(), "c.safetensors")
	if _, err := m.Train(context.Background(), points(t, squares(100, 1), 16, 20), realnvp.TrainConfig{Steps: 5, LearningRate: 5e-3, Checkpoint: path}); err != nil {
		t.Fatal(err)
	}
	backend, err := realnvp.OpenBackend("go")
	if err != nil {
		t.Fatal(err)
	}
	other, err := realnvp.Load(path, realnvp.WithBackend(backend))
	if err != nil {
		t.Fatal(err)
	}
	x := squares(4, 5)
	a, err := m.LogProb(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	b, err := other.LogProb(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-4*math.Abs(a[i]) {
			t.Errorf("image %d: log p %v on the default backend, %v on go", i, a[i], b[i])
		}
	}
}

func TestFloat64AndBFloat16(t *testing.T) {
	narrow := images(bijector.Scale{By: 255}, net.ResNet{WeightNorm: true, Norm: net.InstanceNorm, Compute: dtypes.BFloat16}, bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5})
	for name, c := range map[string]struct {
		model *realnvp.Model
		data  []float32
	}{
		"float64":  {newToy(t, realnvp.Float64()), gaussian(100, 1)},
		"bfloat16": {mustNew(t, narrow, realnvp.Image(4, 4, 1), realnvp.Pixels()), squares(100, 1)},
	} {
		m := c.model
		var last float64
		if _, err := m.Train(context.Background(), points(t, c.data, m.Dim(), 20), realnvp.TrainConfig{Steps: 10, LearningRate: 5e-3,
			OnStep: func(s realnvp.StepInfo) error { last = s.Loss; return nil }}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		logp, err := m.LogProb(t.Context(), c.data[:m.Dim()])
		if err != nil || math.IsNaN(logp[0]) || math.IsNaN(last) {
			t.Errorf("%s: log p %v, loss %v, error %v", name, logp, last, err)
		}
	}
}

func TestInterpolateReachesBothEnds(t *testing.T) {
	m := newImages(t)
	x := squares(2, 3)
	path, err := m.Interpolate(t.Context(), x[:16], x[16:], 5)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 16 {
		if math.Abs(float64(path[i]-x[i])) > 0.01 || math.Abs(float64(path[4*16+i]-x[16+i])) > 0.01 {
			t.Fatalf("pixel %d: the path goes from %v to %v, its ends are %v and %v", i, path[i], path[64+i], x[i], x[16+i])
		}
	}
}

func TestLatentParts(t *testing.T) {
	m := mustNew(t, preset.MultiScale{Scales: 3, Channels: 1, Planes: 1, Coupling: func(mask bijector.Mask, _ int) bijector.Bijector {
		return &bijector.Coupling{Mask: mask, Net: net.ResNet{Planes: 1, Norm: net.NoNorm}, Transform: transform.Affine{}}
	}}.Flow(32, 32, 3), realnvp.Image(32, 32, 3))
	parts := m.LatentParts()
	if want := []realnvp.LatentPart{{0, 0, 1536, 16, 16, 6}, {1, 1536, 2304, 8, 8, 12}, {2, 2304, 2688, 4, 4, 24}, {3, 2688, 3072, 4, 4, 24}}; !slices.Equal(parts, want) {
		t.Errorf("%v, want %v", parts, want)
	}
	pointers := &bijector.FactorOut{Height: 2, Width: 4, Channels: 2, Rest: &bijector.Flatten{Height: 2, Width: 4, Channels: 1}}
	if parts := mustNew(t, pointers, realnvp.Image(2, 4, 2)).LatentParts(); !slices.Equal(parts, []realnvp.LatentPart{{0, 0, 8, 2, 4, 1}, {1, 8, 16, 2, 4, 1}}) {
		t.Errorf("of pointers: %v", parts)
	}
	if parts := newToy(t).LatentParts(); !slices.Equal(parts, []realnvp.LatentPart{{0, 0, 2, 1, 1, 2}}) {
		t.Errorf("of a vector: %v", parts)
	}
}

func TestToy2DHasTheAuthorsParameters(t *testing.T) {
	if n := mustNew(t, preset.Toy2D(), realnvp.Vector(2)).NumParameters(); n != 57696 {
		t.Errorf("Toy2D has %d parameters, the author's 57,696", n)
	}
}
