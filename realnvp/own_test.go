package realnvp_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

func ownFlow() bijector.Chain {
	return bijector.Chain{
		{Name: "swirl", Bijector: swirl{}},
		{Name: "c0", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, true), Net: waves{Width: 8}, Transform: shift{}}},
		{Name: "norm", Bijector: &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5}},
		{Name: "c1", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, false), Net: waves{Width: 8}, Transform: transform.Affine{Bound: 2}}},
	}
}

// Each part of another package by itself, among this module's, and all together. The parts are those of the examples.
var ofOnesOwn = map[string]struct {
	flow func() bijector.Chain
	base base.Base
}{
	"bijector": {func() bijector.Chain {
		return append(bijector.Chain{{Name: "swirl", Bijector: swirl{}}}, couplings(net.MLP{Hidden: []int{8}}, transform.Affine{Bound: 2})...)
	}, base.Normal{}},
	"net":       {func() bijector.Chain { return couplings(waves{Width: 8}, transform.Affine{Bound: 2}) }, base.Normal{}},
	"transform": {func() bijector.Chain { return couplings(net.MLP{Hidden: []int{8}}, shift{}) }, base.Normal{}},
	"base":      {func() bijector.Chain { return couplings(net.MLP{Hidden: []int{8}}, transform.Affine{Bound: 2}) }, laplace{}},
	"all":       {ownFlow, laplace{}},
}

func couplings(n net.Net, f transform.Transform) bijector.Chain {
	return bijector.Chain{
		{Name: "c0", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, true), Net: n, Transform: f}},
		{Name: "c1", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, false), Net: n, Transform: f}},
	}
}

// TestFlowOfOnesOwn: a flow of parts of another package trains, scores, samples, saves, loads in another process, goes
// on bit for bit, and is examined, by the calls that presets have.
func TestFlowOfOnesOwn(t *testing.T) {
	for name, own := range ofOnesOwn {
		t.Run(name, func(t *testing.T) { ownFlowDoesAll(t, own.flow, own.base) })
	}
}

func ownFlowDoesAll(t *testing.T, flow func() bijector.Chain, density base.Base) {
	train, held := gaussian(500, 1), gaussian(200, 2)
	fresh := func() *realnvp.Model {
		return mustNew(t, flow(), realnvp.Vector(2), realnvp.Base(density), realnvp.Seed(3))
	}
	path := filepath.Join(t.TempDir(), "own.safetensors")
	tc := realnvp.TrainConfig{Steps: 60, LearningRate: 1e-2, EMA: 0.9, ClipNorm: 1, Validation: held, ValidateEvery: 20}
	m := fresh()
	before := nll(t, m, held)
	want := curve(t, m, points(t, train, 2, 100), tc)
	if after := nll(t, m, held); !(after < before-0.1) {
		t.Errorf("NLL %v before training and %v after", before, after)
	}
	half := fresh()
	tc.Steps, tc.Checkpoint = 25, path
	curve(t, half, points(t, train, 2, 100), tc)
	loaded, err := realnvp.LoadFor(flow(), path)
	if err != nil {
		t.Fatal(err)
	}
	tc.Steps, tc.Checkpoint = 60, ""
	same(t, "resumed", curve(t, loaded, points(t, train, 2, 100), tc), want[25:])

	x, err := m.Sample(t.Context(), 2000, realnvp.SampleConfig{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if own, real := nll(t, m, x), nll(t, m, held); math.Abs(own-real) > 0.5 {
		t.Errorf("its samples score %v, the data %v", own, real)
	}
	z, err := m.Encode(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	back, err := m.Decode(t.Context(), z)
	if err != nil {
		t.Fatal(err)
	}
	for i := range held {
		if math.Abs(float64(back[i]-held[i])) > 1e-4 {
			t.Fatalf("number %d: %v went there and back to %v", i, held[i], back[i])
		}
	}
	report, err := m.Examine(t.Context(), held, []string{doctor.CheckLogDet, doctor.CheckInvertible})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Checks {
		if c.Verdict == doctor.Fail {
			t.Errorf("the doctor: %+v", c)
		}
	}
	logp, err := m.LogProb(t.Context(), held[:2])
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestLoadChild$", "-test.v")
	child.Env = append(os.Environ(), loadPath+"="+path)
	out, err := child.CombinedOutput()
	if want := fmt.Sprintf("log p %x", logOf(t, m, gaussian(200, 2)[:2])); err != nil || !strings.Contains(string(out), want) {
		t.Errorf("another process: %v, %s; want %s (%v)", err, out, want, logp)
	}
}

const loadPath = "FLOWBOOK_TEST_LOAD"

// TestLoadChild is the other process of TestFlowOfOnesOwn.
func TestLoadChild(t *testing.T) {
	path := os.Getenv(loadPath)
	if path == "" {
		t.Skip("only for TestFlowOfOnesOwn")
	}
	m, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("log p %x\n", logOf(t, m, gaussian(200, 2)[:2]))
}

func logOf(t *testing.T, m *realnvp.Model, x []float32) float64 {
	t.Helper()
	logp, err := m.LogProb(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	return logp[0]
}

func TestFlowsThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct {
		flow  bijector.Bijector
		opts  []realnvp.Option
		words []string
	}{
		"no flow":    {nil, nil, []string{"nil", "bijector.Chain"}},
		"no shape":   {ownFlow(), nil, []string{"realnvp.Vector"}},
		"mask":       {ownFlow(), []realnvp.Option{realnvp.Vector(3)}, []string{"latents of shape"}},
		"not flat":   {bijector.Chain{{Name: "squeeze", Bijector: bijector.Squeeze2x2{}}}, []realnvp.Option{realnvp.Image(4, 4, 1)}, []string{"latents of shape", "Flatten"}},
		"one number": {ownFlow(), []realnvp.Option{realnvp.Vector(1)}, []string{"2 or more"}},
		"one class":  {ownFlow(), []realnvp.Option{realnvp.Vector(2), realnvp.Classes(1)}, []string{"1 classes"}},
		"nil base":   {ownFlow(), []realnvp.Option{realnvp.Vector(2), realnvp.Base(nil)}, []string{"base density is nil"}},
		"layer base": {bijector.Chain{{Name: "base", Bijector: swirl{}}}, []realnvp.Option{realnvp.Vector(2)}, []string{`named "base"`}},
	} {
		_, err := realnvp.New(c.flow, c.opts...)
		wants(t, name, err, c.words...)
	}
}
