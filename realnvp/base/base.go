// Package base holds the densities of the latent, which a flow carries to the data, p_Z of Dinh et al. 2016
// (arXiv:1605.08803v3), section 3.1: "any distribution could be used for p_Z, including distributions that are also
// learned during training" (section 4.1). A density of any other package is as good: two methods, and its parameters
// by Context.Value.
//
// Graph code panics where shapes do not fit, as GoMLX's does; package realnvp makes an error of it.
package base

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// Context is what a density is given besides the latent: its parameters' place, and what it is conditioned on.
type Context = param.Context

// Base is the density of the latent z.
type Base interface {
	// LogProb is log p(z) of each latent, in nats: [batch, D] → [batch].
	LogProb(c *Context, z *graph.Node) *graph.Node

	// Draw fills z, the D numbers of one latent, with a draw from the density at d.Temperature.
	Draw(d Drawing, z []float64)
}

// Drawing is what a draw is made of.
type Drawing struct {
	// Rng is the source of chance; the same state gives the same draw.
	Rng *rand.Rand
	// Temperature multiplies the density's spread about its centre; 1 is the density itself.
	Temperature float64
	// Parameter gives the present values, row-major, of a parameter that LogProb made, by its name; nil where there
	// is none.
	Parameter func(name string) []float64
	// Labels is the sample's class, from 0, under each label; empty where the density is conditioned on none.
	Labels []int
}

// Normal is N(0, I): log p(z) = −½·|z|² − (D/2)·log 2π (Dinh et al. 2016, section 3.1).
type Normal struct{}

// LogProb is the log-density in nats: [batch, D] → [batch].
func (Normal) LogProb(_ *Context, z *graph.Node) *graph.Node {
	constant := 0.5 * float64(z.Shape().Dim(1)) * math.Log(2*math.Pi)
	return graph.AddScalar(graph.MulScalar(graph.ReduceSum(graph.Square(z), -1), -0.5), -constant)
}

// Draw draws from N(0, Temperature²·I).
func (Normal) Draw(d Drawing, z []float64) {
	for i := range z {
		z[i] = d.Temperature * d.Rng.NormFloat64()
	}
}

// Logistic is a standard logistic for each number: log p(z) = Σ −z − 2·softplus(−z). Its tails fall like exp(−|z|).
type Logistic struct{}

// LogProb is the log-density in nats: [batch, D] → [batch].
func (Logistic) LogProb(_ *Context, z *graph.Node) *graph.Node {
	tail := graph.Softplus(graph.Neg(z))
	return graph.ReduceSum(graph.Sub(graph.Neg(z), graph.MulScalar(tail, 2)), -1)
}

// Draw draws z = Temperature·log(u/(1−u)), u uniform in (0, 1).
func (Logistic) Draw(d Drawing, z []float64) {
	for i := range z {
		u := (float64(d.Rng.Uint64()>>12) + 0.5) / (1 << 52)
		z[i] = d.Temperature * (math.Log(u) - math.Log1p(-u))
	}
}

func panicf(format string, args ...any) { panic(fmt.Errorf("base: "+format, args...)) }
