package realnvp_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

// layerOf, netOf, transformOf and baseOf are parts of a reader's own made of one function, right or wrong.
type layerOf func(c *bijector.Context, x *Node) (z, logDet *Node)

func (f layerOf) Forward(c *bijector.Context, x *Node) (z, logDet *Node) { return f(c, x) }
func (f layerOf) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) { return f(c, z) }

type netOf func(c *param.Context, x *Node, out int) *Node

func (f netOf) Apply(c *param.Context, x *Node, out int) *Node { return f(c, x, out) }

type transformOf func(x *Node) (y, logSlope *Node)

func (transformOf) Params() int { return 1 }
func (f transformOf) Forward(_ *transform.Context, x *Node, _ transform.Theta) (y, logSlope *Node) {
	return f(x)
}
func (f transformOf) Inverse(_ *transform.Context, y *Node, _ transform.Theta) (x, logSlope *Node) {
	return f(y)
}

type baseOf func(c *base.Context, z *Node) *Node

func (f baseOf) LogProb(c *base.Context, z *Node) *Node { return f(c, z) }
func (f baseOf) Draw(d base.Drawing, z []float64)       { z[0] = d.Parameter("none of the name")[0] }

// startOf starts a parameter "bias" by what it gives.
type startOf func(x *Node) map[string]*Node

func (f startOf) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	return Add(x, c.Value(x, "bias", param.Zero)), ReduceSum(ZerosLike(x), -1)
}
func (f startOf) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	return Sub(z, c.Value(z, "bias", param.Zero)), ReduceSum(ZerosLike(z), -1)
}
func (f startOf) Start(_ *bijector.Context, x *Node) map[string]*Node { return f(x) }

// TestOwnPartsThatAreWrong: New says which layer it is, and what it gives and should. None of them may pass: a
// log-determinant or a log p for the whole batch would be added to each sample's, without a word.
func TestOwnPartsThatAreWrong(t *testing.T) {
	perSample := func(x *Node) *Node { return ReduceSum(ZerosLike(x), -1) }
	zeros := func(x *Node, out int) *Node {
		return BroadcastToDims(ScalarZero(x.Graph(), x.DType()), x.Shape().Dim(0), out)
	}
	coupling := func(n netOf, f transform.Transform) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(2, true), Net: n, Transform: f}
	}
	good := func(_ *param.Context, x *Node, out int) *Node { return zeros(x, out) }
	for name, c := range map[string]struct {
		part  bijector.Bijector
		words []string
	}{
		"gives nothing":        {layerOf(func(*bijector.Context, *Node) (z, logDet *Node) { return nil, nil }), []string{"layerOf", "no output"}},
		"log-det of the batch": {layerOf(func(_ *bijector.Context, x *Node) (z, logDet *Node) { return x, ReduceAllSum(x) }), []string{"one number a sample"}},
		"log-det of another type": {layerOf(func(_ *bijector.Context, x *Node) (z, logDet *Node) {
			return x, ConvertDType(perSample(x), dtypes.Float64)
		}), []string{"keep the type"}},
		"a word":               {layerOf(func(*bijector.Context, *Node) (z, logDet *Node) { panic("a word") }), []string{"a word"}},
		"a nil pointer":        {(*bijector.Coupling)(nil), []string{"nil pointer"}},
		"net too wide":         {coupling(func(_ *param.Context, x *Node, out int) *Node { return zeros(x, out+1) }, transform.Affine{}), []string{"netOf", "[2, 5]", "[2, 4]"}},
		"net of nothing":       {coupling(func(*param.Context, *Node, int) *Node { return nil }, transform.Affine{}), []string{"netOf", "gave nothing"}},
		"net of one number":    {coupling(func(_ *param.Context, x *Node, _ int) *Node { return ReduceAllSum(x) }, transform.Affine{}), []string{"netOf"}},
		"slope of the sample":  {coupling(good, transformOf(func(x *Node) (y, logSlope *Node) { return x, ReduceAndKeep(x, ReduceSum, -1) })), []string{"transformOf", "log-slopes of (Float32)[2, 1]"}},
		"transform of nothing": {coupling(good, transformOf(func(x *Node) (y, logSlope *Node) { return nil, x })), []string{"transformOf", "nothing"}},
		"parameter that is NaN": {coupling(func(c *param.Context, x *Node, out int) *Node {
			return Add(zeros(x, out), c.Value(x, "w", param.Constant(math.NaN())))
		}, transform.Affine{}), []string{"part/w", "NaN"}},
		"parameter with too few": {coupling(func(c *param.Context, x *Node, out int) *Node {
			return c.Value(x, "w", func(*rand.Rand, []int) []float64 { return nil }, 2, out)
		}, transform.Affine{}), []string{"data size"}},
		"a mask of halves":      {&bijector.Coupling{Mask: bijector.Mask{Dims: []int{2}, Values: []float64{0.5, 1}}, Net: netOf(good), Transform: transform.Affine{}}, []string{"mask", "0.5 at 0"}},
		"a mask with NaN":       {&bijector.Coupling{Mask: bijector.Mask{Dims: []int{2}, Values: []float64{1, math.NaN()}}, Net: netOf(good), Transform: transform.Affine{}}, []string{"mask", "NaN at 1"}},
		"too large for float32": {bijector.Affine{Shift: []float64{1e200}, Scale: []float64{1}}, []string{"1e+200", "Float64"}},
		"too small for float32": {bijector.Affine{Shift: []float64{0}, Scale: []float64{1e-200}}, []string{"1e-200", "Float64"}},
		"alternating −1":        {&bijector.Coupling{Mask: bijector.Alternating(-1, true), Net: netOf(good), Transform: transform.Affine{}}, []string{"mask of shape [-1]"}},
		"checkerboard of −1":    {&bijector.Coupling{Mask: bijector.Checkerboard(-1, 2, 2, true), Net: netOf(good), Transform: transform.Affine{}}, []string{"mask of shape [-1 2 2]"}},
		"channels −2":           {&bijector.Coupling{Mask: bijector.ChannelMask(2, 2, -2, true), Net: netOf(good), Transform: transform.Affine{}}, []string{"mask of shape [2 2 -2]"}},
		"a parameter with a slash": {layerOf(func(c *bijector.Context, x *Node) (z, logDet *Node) {
			return Add(x, c.Value(x, "a/b", nil)), perSample(x)
		}), []string{`"a/b"`}},
	} {
		_, err := realnvp.New(bijector.Chain{{Name: "part", Bijector: c.part}}, realnvp.Vector(2))
		wants(t, name, err, append(c.words, `layer "part"`)...)
	}
	for name, b := range map[string]baseOf{
		"of the batch": func(_ *base.Context, z *Node) *Node { return ReduceAllSum(z) },
		"of a number":  func(_ *base.Context, z *Node) *Node { return z },
		"of nothing":   func(*base.Context, *Node) *Node { return nil },
	} {
		_, err := realnvp.New(smallToy(), realnvp.Vector(2), realnvp.Base(b))
		wants(t, "base "+name, err, "the base density", "baseOf", "one number a latent")
	}
	m := mustNew(t, smallToy(), realnvp.Vector(2), realnvp.Base(baseOf(func(c *base.Context, z *Node) *Node { return base.Normal{}.LogProb(c, z) })))
	_, err := m.Sample(t.Context(), 3, realnvp.SampleConfig{})
	wants(t, "a draw that panics", err, "base density", "baseOf", "index out of range")
	for _, name := range []string{"", ".", "..", "a/b", "base"} {
		_, err := realnvp.New(bijector.Chain{{Name: name, Bijector: bijector.Flip{}}}, realnvp.Vector(2))
		wants(t, "name", err, fmt.Sprintf("named %q", name))
	}
}

// TestStartsThatAreWrong: a layer that starts by data gives values for its parameters, or none; it never hangs.
func TestStartsThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct {
		start startOf
		words []string
	}{
		"another name":  {func(x *Node) map[string]*Node { return map[string]*Node{"mean": ReduceAllMean(x)} }, []string{`layer "start"`, `"mean"`}},
		"another shape": {func(x *Node) map[string]*Node { return map[string]*Node{"bias": x} }, []string{`layer "start"`, `"bias"`}},
		"nothing":       {func(x *Node) map[string]*Node { return map[string]*Node{"bias": nil} }, []string{`layer "start"`, `"bias"`}},
		"none":          {func(x *Node) map[string]*Node { return nil }, nil},
	} {
		m := mustNew(t, bijector.Chain{{Name: "start", Bijector: c.start}}, realnvp.Vector(2))
		_, err := m.Train(t.Context(), points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{Steps: 1})
		if c.words != nil {
			wants(t, name, err, c.words...)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestActNormOfOneSample has no variance to start by.
func TestActNormOfOneSample(t *testing.T) {
	m := mustNew(t, bijector.Chain{{Name: "norm", Bijector: bijector.ActNorm{}}}, realnvp.Vector(2))
	_, err := m.Train(t.Context(), points(t, gaussian(20, 1), 2, 1), realnvp.TrainConfig{Steps: 1})
	wants(t, "batch of one", err, `layer "norm"`, "batches of 2 samples or more")
}

// sharp has a parameter whose name begins with a sign that GoMLX's own variables have.
type sharp struct{}

func (sharp) LogProb(c *base.Context, z *Node) *Node {
	return Sub(base.Normal{}.LogProb(c, z), Square(c.Value(z, "#w", param.One)))
}
func (sharp) Draw(d base.Drawing, z []float64) { base.Normal{}.Draw(d, z) }

// oddly is registered under a name that Go and JSON write differently.
type oddly struct{ bijector.Flip }

func init() {
	arch.Register("own.sharp", sharp{})
	arch.Register("own.\x07odd\" ly\u2028", oddly{})
}

// TestOddNamesAreKept: whatever a parameter, a layer or a type is called, a checkpoint gives it back.
func TestOddNamesAreKept(t *testing.T) {
	flow := append(smallToy(), bijector.Layer{Name: "#a %s\n\"ü☃", Bijector: bijector.ActNorm{}}, bijector.Layer{Name: "odd", Bijector: oddly{}})
	m := mustNew(t, flow, realnvp.Vector(2), realnvp.Base(sharp{}))
	path := filepath.Join(t.TempDir(), "c")
	if _, err := m.Train(t.Context(), points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{Steps: 2, Checkpoint: path}); err != nil {
		t.Fatal(err)
	}
	loaded, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	x := gaussian(10, 2)
	if got, want := nll(t, loaded, x), nll(t, m, x); got != want {
		t.Errorf("NLL %v loaded, %v before", got, want)
	}
}

// panicky is a source that panics in Next from batch n on, or in Seek.
type panicky struct {
	*realnvp.Points
	n int
}

func (p *panicky) Next() ([]float32, []int, []byte, error) {
	if p.n--; p.n < 0 {
		panic("the source is broken")
	}
	return p.Points.Next()
}

// TestPanicsOfTheReadersOwn, in a source or a hook, end a training as errors do: its steps are kept, and it goes on from
// there bit for bit.
func TestPanicsOfTheReadersOwn(t *testing.T) {
	src := func() *realnvp.Points { return points(t, gaussian(200, 1), 2, 20) }
	whole := curve(t, newToy(t), src(), realnvp.TrainConfig{Steps: 8})
	broken := errors.New("broken")
	breaks := func(at int) func(step int) error {
		return func(step int) error {
			if step == at {
				panic(broken)
			}
			return nil
		}
	}
	for name, set := range map[string]func(tc *realnvp.TrainConfig) realnvp.Source{
		"Next": func(tc *realnvp.TrainConfig) realnvp.Source { return &panicky{src(), 4} },
		"OnStep": func(tc *realnvp.TrainConfig) realnvp.Source {
			tc.OnStep = func(s realnvp.StepInfo) error { return breaks(4)(s.Step) }
			return src()
		},
		"OnValidation": func(tc *realnvp.TrainConfig) realnvp.Source {
			tc.OnValidation = func(v realnvp.ValidationInfo) error { return breaks(4)(v.Step) }
			return src()
		},
		"OnCheckpoint": func(tc *realnvp.TrainConfig) realnvp.Source {
			tc.OnCheckpoint = func(step int, _ string) error { return breaks(4)(step) }
			return src()
		},
		"OnBest": func(tc *realnvp.TrainConfig) realnvp.Source {
			tc.OnBest = func(step int, _ string) error { return breaks(2)(step) }
			return src()
		},
	} {
		m := newToy(t)
		path := filepath.Join(t.TempDir(), "c")
		tc := realnvp.TrainConfig{Steps: 8, Checkpoint: path, CheckpointEvery: 2, Validation: gaussian(20, 2), ValidateEvery: 2}
		_, err := m.Train(t.Context(), set(&tc), tc)
		wants(t, name, err, "broken")
		loaded, err := realnvp.Load(path)
		if err != nil || loaded.Step() < 2 || loaded.Step() == 8 {
			t.Fatalf("%s: step %d, %v", name, loaded.Step(), err)
		}
		rest := whole[loaded.Step():]
		same(t, name, curve(t, loaded, src(), realnvp.TrainConfig{Steps: 8}), rest)
	}
	_, err := newToy(t).Train(t.Context(), (*realnvp.Points)(nil), realnvp.TrainConfig{Steps: 1})
	wants(t, "nil points", err, "source is nil")
}
