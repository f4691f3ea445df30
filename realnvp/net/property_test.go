package net_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/janpfeifer/must"

	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
)

const batch = 3

// nets is every network of the package. A new one is a line here.
var nets = []struct {
	name string
	net  net.Net
	dims []int // of one sample
	out  int
}{
	{"MLP", net.MLP{Hidden: []int{7, 5}}, []int{3}, 4},
	{"MLP, no hidden layer", net.MLP{}, []int{3}, 4},
	{"OneFeature", net.OneFeature{Feature: 1, Net: net.MLP{Hidden: []int{7}}}, []int{3}, 4},
	{"ResNet, instance norm", net.ResNet{Planes: 4, Blocks: 2, WeightNorm: true, Norm: net.InstanceNorm}, []int{4, 4, 2}, 3},
	{"ResNet, batch norm", net.ResNet{Planes: 4, Blocks: 1, WeightNorm: true, Norm: net.NetBatchNorm}, []int{4, 4, 2}, 3},
	{"ResNet, plain", net.ResNet{Planes: 4, Blocks: 1, Norm: net.NoNorm}, []int{4, 4, 2}, 3},
	{"ResNet, no block", net.ResNet{Planes: 4, Norm: net.NoNorm}, []int{4, 4, 2}, 3},
	{"Pair", net.Pair{S: net.MLP{Hidden: []int{5}}, T: net.MLP{Hidden: []int{7}}}, []int{3}, 4},
	{"Pair, alike", net.Pair{S: net.MLP{Hidden: []int{5}}, T: net.MLP{Hidden: []int{5}}}, []int{3}, 4},
}

// TestNets puts every net through the same demands, on several draws of parameters and data. What is to make a difference
// has to in one of them: in a single draw the hidden units may all be off.
func TestNets(t *testing.T) {
	backend := goldentest.Backend(t)
	for _, c := range nets {
		t.Run(c.name, func(t *testing.T) {
			store, rng := model.NewStore(), rand.New(rand.NewPCG(*seed, 2))
			x := randomTensor(rng, append([]int{batch}, c.dims...)...)
			labels := tensors.FromFlatDataAndDimensions([]float64{1, 0, 0, 1, 1, 0}, batch, 2)

			var names []string
			exec, err := model.NewExec(backend, store, func(s *model.Scope, in []*Node) []*Node {
				at := param.New(s)
				y := c.net.Apply(at.In("plain"), in[0], c.out)
				// The first sample alone, three times over: y's first row must not depend on its neighbours.
				alone := c.net.Apply(at.In("plain"), BroadcastToDims(Slice(in[0], AxisElem(0)), in[0].Shape().Dimensions...), c.out)
				at.Labels = []*Node{in[1]}
				labelled := c.net.Apply(at.In("labelled"), in[0], c.out)
				at.Labels = []*Node{OneMinus(in[1])}
				swapped := c.net.Apply(at.In("labelled"), in[0], c.out)
				outputs := []*Node{y, alone, labelled, swapped}
				names = nil
				for v := range store.Scope("/plain").IterVariables() {
					if v.Trainable {
						names = append(names, v.Path())
						outputs = append(outputs, Gradient(ReduceAllSum(Mul(y, Sin(y))), v.NodeValue(in[0].Graph()))[0])
					}
				}
				return outputs
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := exec.Call(x, labels); err != nil { // makes the variables
				t.Fatal(err)
			}
			labelled, reached := false, make([]bool, len(names))
			for range 6 {
				randomizeStore(t, store, rng)
				before := snapshot(store)
				out, err := exec.Call(randomTensor(rng, append([]int{batch}, c.dims...)...), labels)
				if err != nil {
					t.Fatal(err)
				}
				for path, values := range snapshot(store) {
					goldentest.Close(t, "evaluation leaves "+path, values, before[path], 0)
				}
				want := append(append([]int{batch}, c.dims[:len(c.dims)-1]...), c.out)
				if got := out[0].Shape(); got.DType != dtypes.Float64 || !slices.Equal(got.Dimensions, want) {
					t.Errorf("output %s, want float64 %v", got, want)
				}
				y, alone := goldentest.Floats(t, out[0]), goldentest.Floats(t, out[1])
				n := len(y) / batch
				goldentest.Close(t, "sample 0 without its neighbours", alone[:n], y[:n], 1e-12*largest(y))
				labelled = labelled || differ(goldentest.Floats(t, out[2]), goldentest.Floats(t, out[3]))
				for i := range names {
					gradient := goldentest.Floats(t, out[4+i])
					reached[i] = reached[i] || differ(gradient, make([]float64, len(gradient)))
				}
			}
			if !labelled {
				t.Error("the labels change nothing")
			}
			if len(names) == 0 {
				t.Error("no trainable variable")
			}
			for i, name := range names {
				if !reached[i] {
					t.Errorf("no gradient reaches %s", name)
				}
			}
		})
	}
}

// TestPairKeepsItsNetsApart moves t's weights and asks that s stays.
func TestPairKeepsItsNetsApart(t *testing.T) {
	backend, store := goldentest.Backend(t), model.NewStore()
	mlp := net.MLP{Hidden: []int{5}}
	rng := rand.New(rand.NewPCG(3, 4))
	exec := exec(t, backend, store, func(s *model.Scope, x *Node) []*Node {
		return net.Pair{S: mlp, T: mlp}.ApplyHeads(param.New(s), x, 2, 3)
	})
	x := randomTensor(rng, batch, 3)
	s0, t0 := two(t, exec, x)
	for v := range store.Scope("/t").IterVariables() {
		must.M(v.SetValue(randomTensor(rng, v.Shape().Dimensions...)))
	}
	s1, t1 := two(t, exec, x)
	goldentest.Close(t, "raw s", s1, s0, 0)
	if !differ(t0, t1) {
		t.Error("raw t does not depend on the weights in scope t")
	}
}

// TestWeightNormIgnoresTheLengthOfV: a kernel g·v/‖v‖ stays as it is when v is stretched.
func TestWeightNormIgnoresTheLengthOfV(t *testing.T) {
	backend, store := goldentest.Backend(t), model.NewStore()
	resnet := net.ResNet{Planes: 4, Blocks: 1, WeightNorm: true, Norm: net.NoNorm}
	exec := exec(t, backend, store, func(s *model.Scope, x *Node) []*Node {
		y := resnet.Apply(param.New(s), x, 2)
		return []*Node{y, y}
	})
	x := randomTensor(rand.New(rand.NewPCG(5, 6)), batch, 4, 4, 2)
	before, _ := two(t, exec, x)
	for v := range store.IterVariables() {
		if strings.HasSuffix(v.Path(), "/v") {
			stretched := goldentest.Floats(t, v.MustValue())
			for i := range stretched {
				stretched[i] *= 7
			}
			must.M(v.SetValue(tensors.FromFlatDataAndDimensions(stretched, v.Shape().Dimensions...)))
		}
	}
	after, _ := two(t, exec, x)
	goldentest.Close(t, "output", after, before, 1e-12)
}

// TestInstanceNormOfTheOutput: the last norm leaves each channel of each sample with mean 0 and variance 1.
func TestInstanceNormOfTheOutput(t *testing.T) {
	resnet := net.ResNet{Planes: 4, Blocks: 1, Norm: net.InstanceNorm}
	exec := exec(t, goldentest.Backend(t), model.NewStore(), func(s *model.Scope, x *Node) []*Node {
		y := resnet.Apply(param.New(s), x, 2)
		return []*Node{ReduceMean(y, 1, 2), ReduceMean(Square(y), 1, 2)}
	})
	mean, square := two(t, exec, randomTensor(rand.New(rand.NewPCG(7, 8)), batch, 4, 4, 2))
	goldentest.Close(t, "means", mean, make([]float64, len(mean)), 1e-12)
	for _, v := range square {
		if math.Abs(v-1) > 1e-2 { // ε/variance short of 1
			t.Errorf("variance %g, want 1", v)
		}
	}
}

// TestOneFeatureSeesOne: only that feature changes the output, and all of the output is the same.
func TestOneFeatureSeesOne(t *testing.T) {
	one := net.OneFeature{Feature: 1, Net: net.MLP{Hidden: []int{5}}}
	exec := exec(t, goldentest.Backend(t), model.NewStore(), func(s *model.Scope, x *Node) []*Node {
		y := one.Apply(param.New(s), x, 3)
		return []*Node{y, Gradient(ReduceAllSum(y), x)[0]}
	})
	y, gradient := two(t, exec, randomTensor(rand.New(rand.NewPCG(9, 10)), batch, 3))
	for i := range batch {
		if y[3*i] != y[3*i+1] || y[3*i] != y[3*i+2] {
			t.Errorf("outputs %v of one sample differ", y[3*i:3*i+3])
		}
		if gradient[3*i] != 0 || gradient[3*i+2] != 0 || gradient[3*i+1] == 0 {
			t.Errorf("gradient %v, want one at feature 1 alone", gradient[3*i:3*i+3])
		}
	}
}

// TestComputeInBFloat16: the narrow type stays inside; the output is the input's type and near the wide one's.
func TestComputeInBFloat16(t *testing.T) {
	wide := net.ResNet{Planes: 4, Blocks: 1, WeightNorm: true, Norm: net.InstanceNorm}
	narrow := wide
	narrow.Compute = dtypes.BFloat16
	exec := exec(t, goldentest.Backend(t), model.NewStore(), func(s *model.Scope, x *Node) []*Node {
		return []*Node{wide.Apply(param.New(s).In("net"), x, 2), narrow.Apply(param.New(s).In("net"), x, 2)}
	})
	a, b := two(t, exec, randomTensor(rand.New(rand.NewPCG(11, 12)), batch, 4, 4, 2))
	goldentest.Close(t, "bfloat16 against float64", b, a, 0.1)
	if !differ(a, b) {
		t.Error("Compute changes nothing")
	}
}

func exec(t *testing.T, backend compute.Backend, store *model.Store, fn func(s *model.Scope, x *Node) []*Node) *model.Exec {
	t.Helper()
	e, err := model.NewExec(backend, store, func(s *model.Scope, in []*Node) []*Node { return fn(s, in[0]) })
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func two(t *testing.T, e *model.Exec, x *tensors.Tensor) (a, b []float64) {
	t.Helper()
	out, err := e.Call(x)
	if err != nil {
		t.Fatal(err)
	}
	return goldentest.Floats(t, out[0]), goldentest.Floats(t, out[1])
}

func randomTensor(rng *rand.Rand, dims ...int) *tensors.Tensor {
	values := make([]float64, product(dims))
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, dims...)
}

func randomizeStore(t *testing.T, store *model.Store, rng *rand.Rand) {
	t.Helper()
	for v := range store.IterVariables() {
		if v.DType().IsFloat() {
			values := randomTensor(rng, v.Shape().Dimensions...)
			if strings.HasSuffix(v.Path(), param.RunningVar) {
				values = goldentest.Array{Shape: v.Shape().Dimensions, Data: squares(goldentest.Floats(t, values))}.Tensor(dtypes.Float64)
			}
			must.M(v.SetValue(values))
		}
	}
}

func snapshot(store *model.Store) map[string][]float64 {
	values := map[string][]float64{}
	for v := range store.IterVariables() {
		if v.DType().IsFloat() {
			values[v.Path()] = tensors.MustCopyFlatData[float64](v.MustValue())
		}
	}
	return values
}

func squares(v []float64) []float64 {
	for i := range v {
		v[i] *= v[i]
	}
	return v
}

// largest is the largest magnitude of v, and 1 at least.
func largest(v []float64) float64 {
	m := 1.0
	for _, x := range v {
		m = math.Max(m, math.Abs(x))
	}
	return m
}

func differ(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return true
		}
	}
	return false
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
