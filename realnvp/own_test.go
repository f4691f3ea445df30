package realnvp_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

// What follows is what a reader writes in a package of their own: a bijector, a net, a transform and a base density.

// swirl turns each point of the plane by an angle that it learns, times its distance from the centre: log|det J| = 0.
type swirl struct{}

func (s swirl) Forward(c *bijector.Context, x *Node) (z, logDet *Node) { return s.turn(c, x, 1) }
func (s swirl) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) { return s.turn(c, z, -1) }

func (swirl) turn(c *bijector.Context, x *Node, sign float64) (*Node, *Node) {
	a, b := Slice(x, AxisRange(), AxisElem(0)), Slice(x, AxisRange(), AxisElem(1))
	angle := MulScalar(Mul(Sqrt(AddScalar(Add(Square(a), Square(b)), 1e-6)), c.Value(x, "turn", param.Constant(0.1))), sign)
	turned := Concatenate([]*Node{Sub(Mul(a, Cos(angle)), Mul(b, Sin(angle))), Add(Mul(a, Sin(angle)), Mul(b, Cos(angle)))}, -1)
	return turned, ReduceSum(ZerosLike(x), -1)
}

// waves is a net of one layer of sines.
type waves struct{ Width int }

func (w waves) Apply(c *param.Context, x *Node, out int) *Node {
	if given := c.Given(x); given != nil {
		x = Concatenate([]*Node{x, given}, -1)
	}
	in := x.Shape().Dim(-1)
	hidden := Sin(Dot(x, c.Value(x, "in", param.Normal, in, w.Width)).Product())
	return Dot(hidden, c.Value(x, "out", param.FanIn(w.Width), w.Width, out)).Product()
}

// shift is y = x + θ.
type shift struct{}

func (shift) Params() int { return 1 }
func (shift) Forward(_ *transform.Context, x *Node, theta transform.Theta) (y, logSlope *Node) {
	return Add(x, theta.At(0)), ZerosLike(x)
}
func (shift) Inverse(_ *transform.Context, y *Node, theta transform.Theta) (x, logSlope *Node) {
	return Sub(y, theta.At(0)), ZerosLike(y)
}

// laplace has the density exp(−|z|/b)/2b for each number, with one b that is learned.
type laplace struct{}

func (laplace) LogProb(c *base.Context, z *Node) *Node {
	logB := c.Value(z, "log_b", nil)
	perNumber := Neg(Add(Div(Abs(z), Exp(logB)), AddScalar(logB, math.Ln2)))
	return ReduceSum(perNumber, -1)
}

func (laplace) Draw(d base.Drawing, z []float64) {
	b := math.Exp(d.Parameter("log_b")[0])
	for i := range z {
		z[i] = d.Temperature * b * (d.Rng.ExpFloat64() - d.Rng.ExpFloat64())
	}
}

func init() {
	arch.Register("own.swirl", swirl{})
	arch.Register("own.waves", waves{})
	arch.Register("own.shift", shift{})
	arch.Register("own.laplace", laplace{})
}

func ownFlow() bijector.Chain {
	return bijector.Chain{
		{Name: "swirl", Bijector: swirl{}},
		{Name: "c0", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, true), Net: waves{Width: 8}, Transform: shift{}}},
		{Name: "norm", Bijector: &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5}},
		{Name: "c1", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, false), Net: waves{Width: 8}, Transform: transform.Affine{Bound: 2}}},
	}
}

// TestFlowOfOnesOwn: a flow of parts of another package trains, scores, samples, saves, loads in another process, goes
// on bit for bit, and is examined, by the calls that presets have.
func TestFlowOfOnesOwn(t *testing.T) {
	train, held := gaussian(500, 1), gaussian(200, 2)
	fresh := func() *realnvp.Model {
		return mustNew(t, ownFlow(), realnvp.Vector(2), realnvp.Base(laplace{}), realnvp.Seed(3))
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
	loaded, err := realnvp.LoadFor(ownFlow(), path)
	if err != nil {
		t.Fatal(err)
	}
	tc.Steps, tc.Checkpoint = 60, ""
	same(t, "resumed", curve(t, loaded, points(t, train, 2, 100), tc), want[25:])

	x, err := m.Sample(t.Context(), 2000, realnvp.SampleConfig{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if own, real := nll(t, m, x), nll(t, m, held); math.Abs(own-real) > 0.3 {
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

// A reader's own bijector, net, transform and base density go where this module's do.
func ExampleNew() {
	flow := bijector.Chain{
		{Name: "swirl", Bijector: swirl{}}, // a bijector of this test's own
		{Name: "c0", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, true), Net: waves{Width: 8}, Transform: transform.Affine{Bound: 3}}},
		{Name: "c1", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, false), Net: waves{Width: 8}, Transform: shift{}}},
	}
	m, err := realnvp.New(flow, realnvp.Vector(2), realnvp.Base(laplace{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	source, err := realnvp.NewPoints(gaussian(1000, 1), nil, 2, 100, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := m.Train(context.Background(), source, realnvp.TrainConfig{Steps: 20, LearningRate: 1e-2})
	fmt.Println(result.Step, "steps;", m.NumParameters(), "parameters;", err)
	// Output: 20 steps; 87 parameters; <nil>
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
