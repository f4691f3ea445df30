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

// TestStudentTOfAnyDegrees: in both types log p is the formula's at every ν that a training may come to, and, where ν is
// large, the normal's; and its slope by log ν is that of differences.
func TestStudentTOfAnyDegrees(t *testing.T) {
	const d, h = 64, 1e-4
	z := make([]float64, d)
	for i := range z {
		z[i] = 2 * math.Sin(float64(i*i))
	}
	for _, c := range []struct {
		dtype      dtypes.DType
		near, flat float64
	}{{dtypes.Float64, 1e-10, 1e-4}, {dtypes.Float32, 1e-5, 1e-2}} {
		for _, b := range []base.StudentT{{}, {Independent: true}} {
			nus := []float64{1e-2, 1, 30, 1e3, 1e5, 1e7, 1e15, 1e30}
			out := goldentest.Run(t, goldentest.Backend(t), model.NewStore(), func(s *model.Scope, in []*graph.Node) (out []*graph.Node) {
				for i, nu := range nus {
					b.Start = nu
					c := param.New(s.In("%d", i))
					logP := b.LogProb(c, in[0])
					v := c.Scope().GetVariable("log_df").NodeValue(in[0].Graph())
					out = append(out, logP, graph.ReduceAllSum(graph.Gradient(graph.ReduceAllSum(logP), v)[0]))
				}
				return out
			}, goldentest.Array{Shape: []int{1, d}, Data: z}.Tensor(c.dtype))
			for i, nu := range nus {
				got, slope := floats(out[2*i])[0], floats(out[2*i+1])[0]
				want := studentT(z, nu, b.Independent)
				if !(math.Abs(got-want) <= c.near*math.Abs(want)) {
					t.Errorf("%s, ν %g, independent %v: log p %.10g, want %.10g", c.dtype, nu, b.Independent, got, want)
				}
				difference := (studentT(z, nu*math.Exp(h), b.Independent) - studentT(z, nu*math.Exp(-h), b.Independent)) / (2 * h)
				if !(math.Abs(slope-difference) <= c.flat*(1+math.Abs(difference))) {
					t.Errorf("%s, ν %g, independent %v: slope %.10g, want %.10g", c.dtype, nu, b.Independent, slope, difference)
				}
			}
		}
	}
}

// studentT is the log-density in float64: from ν of 1e6 on by the first term of the series, since math.Lgamma's differences lose digits.
func studentT(z []float64, nu float64, independent bool) float64 {
	one := func(r2, d float64) float64 {
		ratio := d / 2 * (d - 2) / (2 * nu) // log Γ((ν+d)/2) − log Γ(ν/2) − (d/2)·log(ν/2), but for terms in 1/ν²
		if nu < 1e6 {
			up, _ := math.Lgamma((nu + d) / 2)
			down, _ := math.Lgamma(nu / 2)
			ratio = up - down - d/2*math.Log(nu/2)
		}
		return ratio - d/2*math.Log(2*math.Pi) - (nu+d)/2*math.Log1p(r2/nu)
	}
	r2 := 0.0
	for _, v := range z {
		r2 += v * v
	}
	if independent {
		return sum(z, func(v float64) float64 { return one(v*v, 1) })
	}
	return one(r2, float64(len(z)))
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
