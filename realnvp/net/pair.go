package net

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Pair is two separate nets, S for s and T for t, with their parameters in the scopes "s" and "t". Both have to be
// given.
type Pair struct{ S, T Net }

// Apply runs both, [batch, ..., channels] → [batch, ..., out], out even: the first half of the output is S's, the
// second T's.
func (p Pair) Apply(c *Context, x *Node, out int) *Node {
	if out%2 != 0 {
		panicf("a Pair has two nets, and %d outputs were asked for; they must be even", out)
	}
	return Concatenate(p.ApplyHeads(c, x, 2, out/2), -1)
}

// ApplyHeads runs both: one head each, [batch, ..., out]. It panics for other than 2 heads.
func (p Pair) ApplyHeads(c *Context, x *Node, heads, out int) []*Node {
	if heads != 2 {
		panicf("a Pair has two nets, for s and t; a transform of %d numbers takes one net for all, such as MLP", heads)
	}
	if p.S == nil || p.T == nil {
		panicf("a Pair wants two nets, S and T")
	}
	if ys := p.batched(c, x, out); ys != nil {
		return ys
	}
	return []*Node{p.S.Apply(c.In("s"), x, out), p.T.Apply(c.In("t"), x, out)}
}
