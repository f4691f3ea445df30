package net

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/internal/lower"
	"flowbook/realnvp/param"
)

// MLP is a stack of dense layers with ReLU between them and none after the last: x@w + b, w of shape [in, out].
// [batch, features] → [batch, out].
type MLP struct {
	// Hidden are the widths of the hidden layers, each 1 or more; the author's 2D flow has three of 20. Empty is a
	// single linear layer.
	Hidden []int
}

// Apply runs the network: [batch, features] → [batch, out].
func (m MLP) Apply(c *Context, x *Node, out int) *Node {
	x = WithGiven(c, x)
	for i, layer := range m.layers(c, x, out) {
		if i > 0 {
			x = Max(x, ScalarZero(x.Graph(), x.DType()))
		}
		x = Add(Dot(x, layer.W).Product(), InsertAxes(layer.B, 0))
	}
	return x
}

// layers are the weights and biases of each layer.
func (m MLP) layers(c *Context, x *Node, out int) []lower.Dense {
	if x.Rank() != 2 {
		panicf("an MLP wants vectors [batch, features], got shape %s; a ResNet takes images", x.Shape())
	}
	for _, width := range m.Hidden {
		if width < 1 {
			panicf("an MLP with a hidden layer of %d; each has 1 number or more", width)
		}
	}
	widths := append(append([]int(nil), m.Hidden...), out)
	layers, in := make([]lower.Dense, len(widths)), x.Shape().Dim(-1)
	for i, width := range widths {
		at := c.In(fmt.Sprintf("layer%d", i))
		layers[i] = lower.Dense{W: at.Value(x, "w", param.FanIn(in), in, width), B: at.Value(x, "b", param.FanIn(in), width)}
		in = width
	}
	return layers
}
