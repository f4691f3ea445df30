package net

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// OneFeature makes a Net see a single feature of its input and answer for all of them: the author's 2D form, whose
// nets are 1 → 1. [batch, features] → [batch, out], every feature of the output the same.
type OneFeature struct {
	// Feature is the index of the one that Net sees.
	Feature int
	// Net maps [batch, 1] to [batch, 1].
	Net Net
}

// Apply runs Net on the one feature.
func (o OneFeature) Apply(c *Context, x *Node, out int) *Node {
	return o.spread(o.Net.Apply(c, o.seen(x), 1), out)
}

func (o OneFeature) seen(x *Node) *Node { return Slice(x, AxisRange(), AxisElem(o.Feature)) }

func (o OneFeature) spread(y *Node, out int) *Node { return BroadcastToDims(y, y.Shape().Dim(0), out) }
