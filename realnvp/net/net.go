// Package net holds the networks that compute a coupling's numbers, s and t of Real NVP, from what it passes
// unchanged and from what the density is conditioned on: MLP for vectors, ResNet for images (Dinh et al. 2016,
// arXiv:1605.08803v3, sections 3.4, 3.7 and 4.1: "the paper"). "The author" is Brian Keng, whose article the
// notebooks retell.
//
// Graph code only; it panics where shapes do not fit, as GoMLX's does, and package realnvp makes an error of it.
package net

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// Context is what a net is given besides its input.
type Context = param.Context

// Net is a network: [batch, ..., channels] → [batch, ..., out], all axes but the last as they were. What the density is
// conditioned on is for it to take from the Context: WithGiven does.
type Net interface {
	// Apply maps x, [batch, ..., channels], to [batch, ..., out], of x's type.
	Apply(c *Context, x *Node, out int) *Node
}

// Headed is a Net that can compute several outputs of out channels apart from each other.
type Headed interface {
	Net
	// ApplyHeads gives the outputs of so many heads, each [batch, ..., out].
	ApplyHeads(c *Context, x *Node, heads, out int) []*Node
}

// Heads gives a net's outputs for so many heads, each [batch, ..., out]: a Headed net's own, and of another the equal
// parts of one output of heads·out channels. It panics where the net gives another shape.
func Heads(n Net, c *Context, x *Node, heads, out int) param.Theta {
	if headed, ok := n.(Headed); ok {
		return param.ThetaOf(headed.ApplyHeads(c, x, heads, out)...)
	}
	y := n.Apply(c, x, heads*out)
	want := x.Shape().Clone()
	want.Dimensions[len(want.Dimensions)-1] = heads * out
	if y == nil || !y.Shape().Equal(want) {
		panicf("a %T was asked to make %s of %s, and gave %s", n, want, x.Shape(), param.ShapeOf(y))
	}
	dims := y.Shape().Clone().Dimensions
	last := len(dims) - 1
	axes := []int{last} // the heads come first
	for axis := range last {
		axes = append(axes, axis)
	}
	y = Reshape(y, append(dims[:last:last], heads, out)...)
	return param.ThetaStack(TransposeAllAxes(y, append(axes, last+1)...))
}

// WithGiven appends what the density is conditioned on to x as further features or channels, the same at every
// position of an image. Where it is conditioned on nothing it is x.
func WithGiven(c *Context, x *Node) *Node {
	given := c.Given(x)
	if given == nil {
		return x
	}
	dims := x.Shape().Clone().Dimensions
	numbers := given.Shape().Dim(-1)
	dims[len(dims)-1] = numbers
	ones := make([]int, len(dims))
	for i := range ones {
		ones[i] = 1
	}
	ones[0], ones[len(ones)-1] = dims[0], numbers
	return Concatenate([]*Node{x, BroadcastToDims(Reshape(given, ones...), dims...)}, -1)
}

func panicf(format string, args ...any) { panic(fmt.Errorf("net: "+format, args...)) }
