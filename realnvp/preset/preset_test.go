package preset_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/janpfeifer/must"

	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/internal/lower"
	"flowbook/realnvp/net"
	"flowbook/realnvp/preset"
)

// small are the presets' architectures at sizes that a test compiles, their first layers with nets of one block and of few
// planes: whole, each image flow would take minutes. The shapes of one sample, in pixels or not. A new preset is a line here.
var small = []struct {
	name   string
	flow   bijector.Chain
	dims   []int
	pixels bool
}{
	{"Toy2D", preset.Toy2D()[:2], []int{2}, false},
	{"Toy2DRobust", preset.Toy2DRobust()[:2], []int{2}, false},
	{"Plane", preset.Plane()[:1], []int{2}, false},
	{"Table", preset.Table(6)[:2], []int{6}, false},
	{"MNIST", narrow(preset.MNIST()[:2], 64), []int{28, 28, 1}, true},
	{"CIFAR10", narrow(preset.CIFAR10()[:2], 4), []int{32, 32, 3}, true},
	{"CelebA", narrow(preset.CelebA()[:2], 4), []int{64, 64, 3}, true},
	{"PaperCIFAR10", narrow(preset.PaperCIFAR10()[:3], 4), []int{32, 32, 3}, true},
	{"PaperCelebA", narrow(preset.PaperCelebA()[:2], 4), []int{64, 64, 3}, true},
	{"Digits", preset.Digits(2)[:4], []int{28, 28, 1}, true},
	{"Photographs", preset.Photographs(8, 2)[:4], []int{8, 8, 3}, true},
	{"Glow", preset.Glow(4, 4, 1, 1, 1, 4), []int{4, 4, 1}, true},
}

// narrow is a flow whose ResNets have one block, of so many planes.
func narrow(flow bijector.Chain, planes int) bijector.Chain {
	return bijector.Wrap(flow, func(_ string, b bijector.Bijector) bijector.Bijector {
		if c, ok := b.(*bijector.Coupling); ok {
			resnet := c.Net.(net.Pair).S.(net.ResNet)
			resnet.Blocks, resnet.Planes = 1, planes
			return &bijector.Coupling{Mask: c.Mask, Net: net.Pair{S: resnet, T: resnet}, Transform: c.Transform, PaperInput: c.PaperInput}
		}
		return b
	}).(bijector.Chain)
}

// TestPlainAndLowered: the loss and the gradient of every parameter are the same with what internal/lower makes of the
// graph and without, in float64.
func TestPlainAndLowered(t *testing.T) {
	backend := goldentest.Backend(t)
	for _, c := range small {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			const batch = 3
			n := batch
			for _, d := range c.dims {
				n *= d
			}
			x := goldentest.Array{Shape: append([]int{batch}, c.dims...), Data: make([]float64, n)}
			for i := range x.Data {
				x.Data[i] = rng.NormFloat64()
				if c.pixels {
					x.Data[i] = 256 * rng.Float64()
				}
			}
			store := model.NewStore()
			store.SetParam("/"+model.ParamInitialSeed, int64(1))
			run := func() (names []string, values [][]float64) {
				out := goldentest.Run(t, backend, store, func(s *model.Scope, in []*Node) []*Node {
					ctx := bijector.NewContext(s).InTraining()
					z, logDet := c.flow.Forward(ctx, in[0])
					z = Reshape(z, batch, n/batch)
					loss := Neg(ReduceAllMean(Add(base.Normal{}.LogProb(ctx, z), logDet)))
					names = []string{"loss"}
					var weights []*Node
					for v := range store.IterVariables() {
						if v.Trainable && v.DType().IsFloat() {
							names = append(names, v.Path())
							weights = append(weights, v.NodeValue(in[0].Graph()))
						}
					}
					return append([]*Node{loss}, Gradient(loss, weights...)...)
				}, x.Tensor(dtypes.Float64))
				for _, tensor := range out {
					values = append(values, goldentest.Floats(t, tensor))
				}
				return names, values
			}
			run() // makes the parameters
			for v := range store.IterVariables() {
				if !v.Trainable || !v.DType().IsFloat() {
					continue
				}
				values := goldentest.Floats(t, v.MustValue())
				for i := range values {
					values[i] += 0.1 * rng.NormFloat64() // away from where factors are 0
				}
				must.M(v.SetValue(goldentest.Array{Shape: v.Shape().Dimensions, Data: values}.Tensor(dtypes.Float64)))
			}
			before := map[string][]float64{}
			for v := range store.IterVariables() {
				if !v.Trainable && v.DType().IsFloat() {
					before[v.Path()] = goldentest.Floats(t, v.MustValue())
				}
			}
			names, lowered := run()
			for v := range store.IterVariables() { // running moments, which the run moved
				if old, ok := before[v.Path()]; ok {
					must.M(v.SetValue(goldentest.Array{Shape: v.Shape().Dimensions, Data: old}.Tensor(dtypes.Float64)))
				}
			}
			restore := lower.Off()
			defer restore()
			_, plain := run()
			for i, name := range names {
				largest := 1.0
				for _, v := range plain[i] {
					largest = math.Max(largest, math.Abs(v))
				}
				goldentest.Close(t, name, lowered[i], plain[i], 1e-9*largest)
			}
		})
	}
}

// TestArchitecturesAreWritten: every preset, whole, is JSON and comes back as it was.
func TestArchitecturesAreWritten(t *testing.T) {
	for name, flow := range map[string]bijector.Chain{
		"Toy2D": preset.Toy2D(), "Toy2DRobust": preset.Toy2DRobust(), "Plane": preset.Plane(), "Table": preset.Table(60),
		"MNIST": preset.MNIST(), "CIFAR10": preset.CIFAR10(), "CelebA": preset.CelebA(),
		"PaperCIFAR10": preset.PaperCIFAR10(), "PaperCelebA": preset.PaperCelebA(), "Glow": preset.Glow(32, 32, 3, 3, 8, 64),
		"Digits": preset.Digits(32), "Photographs": preset.Photographs(32, 32),
	} {
		t.Run(name, func(t *testing.T) {
			data, err := arch.Marshal(flow)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) > 1<<16 {
				t.Errorf("%d bytes", len(data))
			}
			var back bijector.Chain
			if err := arch.Unmarshal(data, &back); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprintf("%#v", layers(back)) != fmt.Sprintf("%#v", layers(flow)) {
				t.Errorf("read %v, wrote %v", layers(back), layers(flow))
			}
		})
	}
}

// layers are the paths and types of a flow's layers.
func layers(flow bijector.Bijector) (all []string) {
	bijector.Wrap(flow, func(path string, b bijector.Bijector) bijector.Bijector {
		all = append(all, fmt.Sprintf("%s %T", path, b))
		return b
	})
	return all
}

// TestSizesThatCannotBe give a flow that New refuses, not a panic.
func TestSizesThatCannotBe(t *testing.T) {
	for name, flow := range map[string]func() bijector.Chain{
		"Table(-1)":       func() bijector.Chain { return preset.Table(-1) },
		"Glow":            func() bijector.Chain { return preset.Glow(-4, 4, 1, 1, -1, -3) },
		"Digits(-1)":      func() bijector.Chain { return preset.Digits(-1) },
		"Photographs(-8)": func() bijector.Chain { return preset.Photographs(-8, 2) },
		"Author(5)":       func() bijector.Chain { return preset.Author(5, 4, 1).Flow(4, 4, 1) },
		"levels -1":       func() bijector.Chain { return preset.Author(-1, 0, 0).Flow(4, 4, 1) },
		"Vectors":         func() bijector.Chain { return preset.Vectors{Features: 2, Couplings: 2}.Flow() },
		"MultiScale":      func() bijector.Chain { return preset.MultiScale{Final: 1}.Flow(4, 4, 1) },
	} {
		if _, err := realnvp.New(flow(), realnvp.Image(4, 4, 1)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
