package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Flip reverses the features of [batch, features] (or the channels of an image), so that the next coupling
// transforms what the last one kept. A permutation, and its own inverse: its log-determinant is zero.
type Flip struct{}

// Forward reverses the last axis.
func (Flip) Forward(_ *Context, x *Node) (z, logDet *Node) { return reverseLast(x), zeroLogDet(x) }

// Inverse reverses the last axis.
func (Flip) Inverse(_ *Context, z *Node) (x, logDet *Node) { return reverseLast(z), zeroLogDet(z) }

// reverseLast reverses the last axis slice by slice: GoMLX's Reverse has no gradient.
func reverseLast(x *Node) *Node {
	n := x.Shape().Dim(-1)
	slices := make([]*Node, n)
	for i := range slices {
		slices[n-1-i] = SliceAxis(x, -1, AxisRange(i, i+1))
	}
	return Concatenate(slices, -1)
}
