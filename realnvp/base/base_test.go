package base_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowbook/realnvp/base"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/param"
)

const n, dim = 2000, 2

// bases is every density of the package, and the log-density that gonum or the formula gives one latent. A new one is a
// line here.
var bases = []struct {
	name string
	base base.Base
	want func(z []float64, label int) float64
}{
	{"Normal", base.Normal{}, func(z []float64, _ int) float64 { return sum(z, distuv.UnitNormal.LogProb) }},
	{"Logistic", base.Logistic{}, func(z []float64, _ int) float64 { return sum(z, distuv.Logistic{S: 1}.LogProb) }},
	{"StudentT", base.StudentT{Start: 3}, func(z []float64, _ int) float64 {
		r2 := z[0]*z[0] + z[1]*z[1] // in the plane the density is 1/(2π)·(1 + r²/ν)^(−(ν+2)/2)
		return -math.Log(2*math.Pi) - 2.5*math.Log1p(r2/3)
	}},
	{"StudentT, independent", base.StudentT{Start: 3, Independent: true}, func(z []float64, _ int) float64 {
		return sum(z, distuv.StudentsT{Sigma: 1, Nu: 3}.LogProb)
	}},
	{"PerClass", base.PerClass{}, func(z []float64, label int) float64 {
		return sum(z, distuv.Normal{Mu: []float64{-1, 3}[label], Sigma: math.Exp([]float64{0.5, -0.5}[label])}.LogProb)
	}},
}

// TestBases: log p is the formula's in both types, has a gradient for every parameter, and the mean log p of draws is
// that of the formula under its own draws, so that Draw draws from the density.
func TestBases(t *testing.T) {
	backend := goldentest.Backend(t)
	for _, c := range bases {
		t.Run(c.name, func(t *testing.T) {
			for _, dtype := range []dtypes.DType{dtypes.Float64, dtypes.Float32} {
				check(t, c.base, c.want, dtype, func(store *model.Store, fn func(s *model.Scope, in []*graph.Node) []*graph.Node, in ...any) [][]float64 {
					var out [][]float64
					for _, tensor := range goldentest.Run(t, backend, store, fn, in...) {
						out = append(out, goldentest.Floats(t, tensor))
					}
					return out
				})
			}
		})
	}
}

func check(t *testing.T, b base.Base, want func(z []float64, label int) float64, dtype dtypes.DType,
	run func(store *model.Store, fn func(s *model.Scope, in []*graph.Node) []*graph.Node, in ...any) [][]float64) {
	store := model.NewStore()
	if _, ok := b.(base.PerClass); ok {
		goldentest.Set(t, store, "/mean", goldentest.Array{Shape: []int{2, dim}, Data: []float64{-1, -1, 3, 3}}, dtype)
		goldentest.Set(t, store, "/log_std", goldentest.Array{Shape: []int{2, dim}, Data: []float64{0.5, 0.5, -0.5, -0.5}}, dtype)
	}
	oneHot := goldentest.Array{Shape: []int{n, 2}, Data: make([]float64, 2*n)}
	for i := range n {
		oneHot.Data[2*i+i%2] = 1
	}
	score := func(z []float64) [][]float64 {
		return run(store, func(s *model.Scope, in []*graph.Node) []*graph.Node {
			c := param.New(s)
			c.Labels = in[1:]
			logP := b.LogProb(c, in[0])
			out := []*graph.Node{logP}
			for v := range store.IterVariables() {
				if v.Trainable && v.DType().IsFloat() {
					out = append(out, graph.Gradient(graph.ReduceAllSum(logP), v.NodeValue(in[0].Graph()))[0])
				}
			}
			return out
		}, goldentest.Array{Shape: []int{n, dim}, Data: z}.Tensor(dtype), oneHot.Tensor(dtype))
	}
	score(make([]float64, n*dim)) // makes the parameters
	d := base.Drawing{Rng: rand.New(rand.NewPCG(1, 2)), Temperature: 1, Parameter: func(name string) []float64 {
		return floats(store.GetVariable("/" + name).MustValue())
	}}
	var z, exact []float64
	for i := range n {
		one := make([]float64, dim)
		d.Labels = []int{i % 2}
		b.Draw(d, one)
		if dtype == dtypes.Float32 {
			for k := range one {
				one[k] = float64(float32(one[k]))
			}
		}
		z, exact = append(z, one...), append(exact, want(one, i%2))
	}
	out := score(z)
	tolerance := 1e-10
	if dtype == dtypes.Float32 {
		tolerance = 1e-4
	}
	goldentest.Close(t, "log p", out[0], exact, tolerance)
	for _, gradient := range out[1:] {
		for _, v := range gradient {
			if v == 0 || math.IsNaN(v) {
				t.Errorf("gradient %v of a parameter", v)
			}
		}
	}
	// The mean log p of draws is minus the entropy.
	if got, want := stat.Mean(out[0], nil), entropy(b); math.Abs(got+want) > 0.1 {
		t.Errorf("mean log p of draws is %.4f, minus the entropy is %.4f", got, -want)
	}
}

// entropy of two numbers, in closed form.
func entropy(b base.Base) float64 {
	switch b := b.(type) {
	case base.Logistic:
		return 2 * 2
	case base.StudentT:
		if b.Independent {
			return 2 * 1.773478 // 2(ψ(2) − ψ(3/2)) + log(√3·B(3/2, ½))
		}
		return math.Log(2*math.Pi) + 2.5*2/3. // ν = 3: E log(1 + r²/ν) = 2/ν
	case base.PerClass:
		return 1 + math.Log(2*math.Pi) // the two classes' scales cancel
	}
	return 1 + math.Log(2*math.Pi)
}

// TestLogGamma holds the function and its gradient to math.Lgamma and to differences of it.
func TestLogGamma(t *testing.T) {
	x := []float64{0.01, 0.5, 1, 1.5, 2, 10, 1000, 1e6}
	out := goldentest.Run(t, goldentest.Backend(t), model.NewStore(), func(_ *model.Scope, in []*graph.Node) []*graph.Node {
		y := base.LogGamma(in[0])
		return []*graph.Node{y, graph.Gradient(graph.ReduceAllSum(y), in[0])[0]}
	}, goldentest.Array{Shape: []int{len(x)}, Data: x}.Tensor(dtypes.Float64))
	y, slope := goldentest.Floats(t, out[0]), goldentest.Floats(t, out[1])
	for i, v := range x {
		want, _ := math.Lgamma(v)
		up, _ := math.Lgamma(v * 1.0001)
		down, _ := math.Lgamma(v * 0.9999)
		if math.Abs(y[i]-want) > 1e-11*(1+math.Abs(want)) {
			t.Errorf("log Γ(%g) = %.15g, want %.15g", v, y[i], want)
		}
		if d := (up - down) / (v * 0.0002); math.Abs(slope[i]-d) > 1e-6*(1+math.Abs(d)) {
			t.Errorf("its slope at %g is %.10g, want %.10g", v, slope[i], d)
		}
	}
}

func floats(t *tensors.Tensor) []float64 {
	if t.DType() == dtypes.Float64 {
		return tensors.MustCopyFlatData[float64](t)
	}
	var wide []float64
	for _, v := range tensors.MustCopyFlatData[float32](t) {
		wide = append(wide, float64(v))
	}
	return wide
}

func sum(z []float64, logP func(float64) float64) (total float64) {
	for _, v := range z {
		total += logP(v)
	}
	return total
}
