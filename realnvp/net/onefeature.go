package net

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// OneFeature makes a Net see a single feature of its input and answer for all of them: the author's 2D form, whose
// nets are 1 → 1. [batch, features] → [batch, out], every feature of the output the same.
type OneFeature struct {
	// Feature is the index, from 0, of the one that Net sees.
	Feature int
	// Net maps [batch, 1] to [batch, 1].
	Net Net
}

// Apply runs Net on the one feature: [batch, features] → [batch, out].
func (o OneFeature) Apply(c *Context, x *Node, out int) *Node {
	seen := o.seen(x)
	return o.spread(o.Net.Apply(c, seen, 1), out)
}

func (o OneFeature) seen(x *Node) *Node {
	if o.Net == nil || o.Feature < 0 || o.Feature >= x.Shape().Dim(-1) {
		panicf("a OneFeature of feature %d (from 0) and net %v for %d features; give it a Net and one of them", o.Feature, o.Net, x.Shape().Dim(-1))
	}
	return Slice(x, AxisRange(), AxisElem(o.Feature))
}

func (o OneFeature) spread(y *Node, out int) *Node { return BroadcastToDims(y, y.Shape().Dim(0), out) }
