package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Flip reverses the features of [batch, features] (or the channels of an image), so that the next coupling transforms
// what the last one kept. A permutation, and its own inverse: its log-determinant is zero.
type Flip struct{}

// Forward reverses the last axis.
func (Flip) Forward(_ *Context, x *Node) (z, logDet *Node) { return reverseLast(x), zeroLogDet(x) }

// Inverse reverses the last axis.
func (Flip) Inverse(_ *Context, z *Node) (x, logDet *Node) { return reverseLast(z), zeroLogDet(z) }

// reverseLast reverses the last axis: GoMLX's Reverse has no gradient.
func reverseLast(x *Node) *Node {
	order := make([]int, x.Shape().Dim(-1))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	return inOrder(x, order)
}

// Permute puts the features of [batch, features] (or the channels of an image) in another order: number i of z is
// number Order[i] of x. Its log-determinant is zero.
type Permute struct {
	// Order holds each of 0 … features−1 once.
	Order []int
}

// Forward permutes the last axis: z[i] = x[Order[i]].
func (p Permute) Forward(_ *Context, x *Node) (z, logDet *Node) {
	p.back(x.Shape().Dim(-1)) // which checks Order
	return inOrder(x, p.Order), zeroLogDet(x)
}

// Inverse undoes it: x[Order[i]] = z[i].
func (p Permute) Inverse(_ *Context, z *Node) (x, logDet *Node) {
	return inOrder(z, p.back(z.Shape().Dim(-1))), zeroLogDet(z)
}

// back is the order that undoes Order.
func (p Permute) back(n int) []int {
	if len(p.Order) != n {
		panicf("permute has an order of %d for %d features", len(p.Order), n)
	}
	back := make([]int, n)
	for i := range back {
		back[i] = -1
	}
	for i, from := range p.Order {
		if from < 0 || from >= n || back[from] >= 0 {
			panicf("permute's order %v does not hold each of 0…%d once", p.Order, n-1)
		}
		back[from] = i
	}
	return back
}

// inOrder takes the slices of the last axis in an order.
func inOrder(x *Node, order []int) *Node {
	slices := make([]*Node, len(order))
	for i, from := range order {
		slices[i] = SliceAxis(x, -1, AxisRange(from, from+1))
	}
	return Concatenate(slices, -1)
}
