// Package base holds the densities of the latent, p_Z of Dinh et al. 2016, section 3.1: "any distribution could be used
// for p_Z, including distributions that are also learned during training" (section 4.1).
//
// Graph code, but for drawing, which is done on the host.
package base

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/param"
)

// Context is what a base density is given besides the latent.
type Context = param.Context

// Base is a density of the latent, with what it learns in the Context's scope.
type Base interface {
	// LogProb is log p_Z of each latent: [batch, D] → [batch], in nats.
	LogProb(c *Context, z *graph.Node) *graph.Node

	// Sampler reads what the base has learned from scope s, once, and gives a function that draws one latent of D
	// numbers. labels are the sample's class labels, one of each label that the flow is conditioned on. temperature
	// multiplies the distance from the centre.
	Sampler(s *model.Scope, dim int) (func(rng *rand.Rand, temperature float64, labels []int) []float64, error)
}

// Normal is N(0, I), the base of Real NVP: log p = −½·|z|² − (D/2)·log 2π.
type Normal struct{}

// LogProb is the normal's log-density.
func (Normal) LogProb(_ *Context, z *graph.Node) *graph.Node {
	d := float64(z.Shape().Dim(-1))
	return graph.AddScalar(graph.MulScalar(graph.ReduceSum(graph.Square(z), -1), -0.5), -0.5*d*math.Log(2*math.Pi))
}

// Sampler draws from N(0, temperature²·I).
func (Normal) Sampler(_ *model.Scope, dim int) (func(rng *rand.Rand, temperature float64, labels []int) []float64, error) {
	return each(dim, (*rand.Rand).NormFloat64), nil
}

// Logistic is a standard logistic for each number: log p = Σ −z − 2·softplus(−z). Its tails fall like exp(−|z|).
type Logistic struct{}

// LogProb is the logistic's log-density.
func (Logistic) LogProb(_ *Context, z *graph.Node) *graph.Node {
	return graph.ReduceSum(graph.Sub(graph.Neg(z), graph.MulScalar(graph.Softplus(graph.Neg(z)), 2)), -1)
}

// Sampler draws z = temperature·log(u/(1−u)), u uniform.
func (Logistic) Sampler(_ *model.Scope, dim int) (func(rng *rand.Rand, temperature float64, labels []int) []float64, error) {
	return each(dim, func(rng *rand.Rand) float64 {
		u := 1 - rng.Float64() // in (0, 1]
		return -math.Log(math.Max(1/u-1, math.SmallestNonzeroFloat64))
	}), nil
}

// each draws the numbers of a latent one by one.
func each(dim int, draw func(rng *rand.Rand) float64) func(rng *rand.Rand, temperature float64, labels []int) []float64 {
	return func(rng *rand.Rand, temperature float64, _ []int) []float64 {
		z := make([]float64, dim)
		for i := range z {
			z[i] = temperature * draw(rng)
		}
		return z
	}
}

// learned reads a parameter's value.
func learned(s *model.Scope, name string) ([]float64, error) {
	v := s.GetVariable(name)
	if v == nil {
		return nil, fmt.Errorf("base: scope %s has no parameter %q; build the density first", s.Scope(), name)
	}
	value, err := v.Value()
	if err != nil {
		return nil, err
	}
	if value.DType() == dtypes.Float64 {
		return tensors.CopyFlatData[float64](value)
	}
	narrow, err := tensors.CopyFlatData[float32](value)
	wide := make([]float64, len(narrow))
	for i, x := range narrow {
		wide[i] = float64(x)
	}
	return wide, err
}

func panicf(format string, args ...any) { panic(fmt.Errorf("base: "+format, args...)) }
