package realnvp_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"flowbook/realnvp"
)

// TestUntrainedScoreInClosedForm: a flow that is the identity after x/256 and a base of N(0, 1) is no uniform, but its score is
// known in closed form; and a uniform density, log p = −D·log 256, is 8 bits/dim by the definition.
func TestUntrainedScoreInClosedForm(t *testing.T) {
	c := smallImages()
	c.Preprocess, c.CouplingNorm, c.NormMomentum = realnvp.Scale256, realnvp.NoCouplingNorm, 0
	m := mustNew(t, c)
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
	c := smallImages()
	c.Preprocess, c.LatentChannelsFirst = realnvp.NoPreprocess, false
	c.CouplingNorm, c.NormMomentum = realnvp.NoCouplingNorm, 0
	m := mustNew(t, c)
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
	c := smallToy()
	c.Classes, c.SScale, c.OneFeatureNets, c.Translation = 2, realnvp.SScaleZero, false, realnvp.AffineTranslation
	m := mustNew(t, c)
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
	m := mustNew(t, smallImages())
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
	wide := smallToy()
	wide.DType = "float64"
	narrow := smallImages()
	narrow.NetDType = "bfloat16"
	for _, c := range []struct {
		config realnvp.Config
		data   []float32
	}{{wide, gaussian(100, 1)}, {narrow, squares(100, 1)}} {
		m := mustNew(t, c.config)
		var last float64
		if _, err := m.Train(context.Background(), points(t, c.data, m.Dim(), 20), realnvp.TrainConfig{Steps: 10, LearningRate: 5e-3,
			OnStep: func(s realnvp.StepInfo) error { last = s.Loss; return nil }}); err != nil {
			t.Fatalf("%s: %v", c.config.Name, err)
		}
		logp, err := m.LogProb(t.Context(), c.data[:m.Dim()])
		if err != nil || math.IsNaN(logp[0]) || math.IsNaN(last) {
			t.Errorf("%s: log p %v, loss %v, error %v", c.config.Name, logp, last, err)
		}
	}
}

func TestInterpolateReachesBothEnds(t *testing.T) {
	m := mustNew(t, smallImages())
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

func TestStandardizeBy(t *testing.T) {
	c := smallToy()
	x := gaussian(1000, 1)
	for i := range x {
		x[i] = 100 + 7*x[i]
	}
	c, err := c.StandardizeBy(x, 0)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(c.Shift[0]-100) > 1 || math.Abs(c.Scale[1]-7) > 0.5 {
		t.Errorf("shift %v, scale %v; want about 100 and 7", c.Shift, c.Scale)
	}
	_, err = c.StandardizeBy(make([]float32, 20), 0)
	wants(t, "constant data", err, "columns 0, 1", "same number in all")
	if c, err = c.StandardizeBy(make([]float32, 20), 0.5); err != nil || c.Scale[0] != 0.5 {
		t.Errorf("a floor of 0.5 gives %v, %v", c.Scale, err)
	}
}

func TestLatentParts(t *testing.T) {
	at := 0
	for _, p := range realnvp.CIFAR10().LatentParts() {
		if p.From != at || p.To-p.From != p.Height*p.Width*p.Channels {
			t.Errorf("part %+v does not go on from %d", p, at)
		}
		at = p.To
	}
	if at != 3072 {
		t.Errorf("the parts end at %d of 3072", at)
	}
}

func TestPresetsValidate(t *testing.T) {
	for _, c := range []realnvp.Config{realnvp.Toy2D(), realnvp.MNIST(), realnvp.CIFAR10(), realnvp.CelebA(), realnvp.PaperCIFAR10(), realnvp.PaperCelebA()} {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if n := mustNew(t, realnvp.Toy2D()).NumParameters(); n != 57696 {
		t.Errorf("Toy2D has %d parameters, the author's 57,696", n)
	}
}
