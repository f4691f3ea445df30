package conditioner

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// MLP is a stack of dense layers with ReLU between them and none after the last: x@w + b, w of shape [in, out].
// [batch, features] → [batch, out].
type MLP struct {
	// Hidden are the widths of the hidden layers; the author's 2D flow has three of 20.
	Hidden []int
}

// Apply runs the network.
func (m MLP) Apply(s *model.Scope, x *Node, out int) *Node {
	g, dtype := x.Graph(), x.DType()
	x = withLabels(s, x)
	for i, width := range append(append([]int(nil), m.Hidden...), out) {
		if i > 0 {
			x = Max(x, ScalarZero(g, dtype))
		}
		layer := s.At("layer%d", i)
		in := x.Shape().Dim(-1)
		w := bijector.Variable(layer, g, "w", shapes.Make(dtype, in, width), fanInUniform(in))
		b := bijector.Variable(layer, g, "b", shapes.Make(dtype, width), fanInUniform(in))
		x = Add(Dot(x, w).Product(), InsertAxes(b, 0))
	}
	return x
}

// OneFeature makes an MLP see a single feature of its input and answer for all of them: the author's 2D form, whose
// nets are 1 → 1. [batch, features] → [batch, out], every feature of the output the same.
type OneFeature struct {
	// Feature is the index of the one that Net sees.
	Feature int
	// Net maps [batch, 1] to [batch, 1].
	Net Net
}

// Apply runs Net on the one feature.
func (o OneFeature) Apply(s *model.Scope, x *Node, out int) *Node {
	y := o.Net.Apply(s, Slice(x, AxisRange(), AxisElem(o.Feature)), 1)
	return BroadcastToDims(y, x.Shape().Dim(0), out)
}
