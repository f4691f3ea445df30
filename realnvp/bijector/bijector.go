// Package bijector holds the invertible maps that a Real NVP is made of (Dinh, Sohl-Dickstein, Bengio 2016, "Density
// estimation using Real NVP", arXiv:1605.08803v3: "the paper"). "The author" is Brian Keng, whose article the
// notebooks retell.
//
// Everything is a Bijector: preprocessing, couplings, batch norm, squeeze, factor-out, and a chain of them. The
// density, the sampler and the checks of package doctor are therefore written once, against the interface. A bijector
// of any other package is as good: two methods, and its parameters by Context.Value.
//
// The package holds graph code only. As all GoMLX graph code it panics where shapes do not fit, and where a field is
// not what its comment allows; package realnvp turns such a panic into an error at its public edge.
//
// Images are NHWC, [batch, height, width, channels]; vectors are [batch, features]. A layer maps [batch, ...] to the
// same shape, unless it says otherwise. Log-determinants are in nats, [batch].
package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// Context is what a bijector is given besides its input: where its parameters lie, whether the graph trains, and what
// the density is conditioned on.
type Context = param.Context

// NewContext makes a Context whose parameters lie in a scope, for a graph of evaluation that is conditioned on
// nothing.
var NewContext = param.New

// Bijector is an invertible, differentiable map f with a cheap log|det J| (Dinh et al. 2016, section 3.1).
//
// Forward and Inverse may be called several times on one scope: they find their parameters by name.
type Bijector interface {
	// Forward maps x to z = f(x). logDet has shape [batch]: log|det ∂z/∂x| of each sample, in nats.
	Forward(c *Context, x *Node) (z, logDet *Node)

	// Inverse maps z to x = f⁻¹(z). logDet has shape [batch]: log|det ∂x/∂z| of each sample, in nats, so that the
	// log-determinants of Forward at x and of Inverse at z = f(x) add to zero.
	Inverse(c *Context, z *Node) (x, logDet *Node)
}

// sumPerSample adds up all axes but the first: [batch, ...] → [batch].
func sumPerSample(x *Node) *Node {
	axes := make([]int, 0, x.Rank()-1)
	for axis := 1; axis < x.Rank(); axis++ {
		axes = append(axes, axis)
	}
	return ReduceSum(x, axes...)
}

// zeroLogDet is the log-determinant of a permutation: zeros of shape [batch].
func zeroLogDet(x *Node) *Node { return constantLogDet(x, 0) }

// constantLogDet is a log-determinant that does not depend on x: shape [batch], each value nats.
func constantLogDet(x *Node, nats float64) *Node {
	g := x.Graph()
	return BroadcastToDims(Scalar(g, x.DType(), nats), x.Shape().Dimensions[0])
}

// numElements counts the numbers of one sample: the product of all axes but the first.
func numElements(x *Node) int {
	n := 1
	for _, d := range x.Shape().Dimensions[1:] {
		n *= d
	}
	return n
}
