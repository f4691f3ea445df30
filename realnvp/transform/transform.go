// Package transform holds the elementwise invertible maps that a coupling puts a net's numbers into: the affine map
// of Real NVP (Dinh et al. 2016, arXiv:1605.08803v3) and others. A transform has no net; it is given the numbers of
// each element.
//
// Graph code only; it panics where shapes do not fit, as GoMLX's does, and package realnvp makes an error of it.
package transform

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// Context is what a transform is given besides its input.
type Context = param.Context

// Theta are the numbers that a net computes for each element.
type Theta = param.Theta

// Transform is an invertible map of each number by itself, y = f(x; θ), with Params numbers θ that a net computes for
// each x. What it learns itself, the same for every sample, it keeps in the Context's scope.
type Transform interface {
	// Params is how many numbers θ each element takes.
	Params() int

	// Forward maps x, [batch, ...], to y of x's shape. theta holds Params numbers for each of x's. logSlope is
	// log|∂y/∂x| at each number, of x's shape, in nats.
	Forward(c *Context, x *Node, theta Theta) (y, logSlope *Node)

	// Inverse maps y to x, with logSlope = log|∂x/∂y| at each number, of y's shape, in nats.
	Inverse(c *Context, y *Node, theta Theta) (x, logSlope *Node)
}

// ScaleTranslator is a Transform that is x·exp(s) + t, and says with which s and t, each of x's shape. A coupling and the
// doctor take them as they are.
type ScaleTranslator interface {
	Transform
	// ScaleTranslate gives s and t, each of x's shape.
	ScaleTranslate(c *Context, x *Node, theta Theta) (s, t *Node)
}

// Bounded is a Transform that can say whether no input and no numbers θ make it stretch without limit. The doctor asks,
// before it recommends a bound.
type Bounded interface {
	Transform
	// Bounded tells whether the slope is limited for all inputs and numbers.
	Bounded() bool
}

func panicf(format string, args ...any) { panic(fmt.Errorf("transform: "+format, args...)) }
