package bugs

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/bijector"
)

// decorated is a right bijector with either way's outcome changed.
type decorated struct {
	bijector.Bijector
	forward, inverse change
}

// change takes what went into a right bijector and what came out, and gives what the wrong one would have given.
type change func(in, out, logDet *Node) (*Node, *Node)

// Forward is the right one's, changed.
func (d decorated) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	z, logDet = d.Bijector.Forward(c, x)
	if d.forward != nil {
		return d.forward(x, z, logDet)
	}
	return z, logDet
}

// Inverse is the right one's, changed.
func (d decorated) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	x, logDet = d.Bijector.Inverse(c, z)
	if d.inverse != nil {
		return d.inverse(z, x, logDet)
	}
	return x, logDet
}

// Unwrap is the right bijector.
func (d decorated) Unwrap() bijector.Bijector { return d.Bijector }

// inLayers makes a Bug.Layer that changes the bijectors of type B alone.
func inLayers[B bijector.Bijector](wrong func(b B) bijector.Bijector) func(string, bijector.Bijector) bijector.Bijector {
	return func(_ string, b bijector.Bijector) bijector.Bijector {
		if right, ok := b.(B); ok {
			return wrong(right)
		}
		return b
	}
}
