package param

import . "github.com/gomlx/gomlx/core/graph"

// Theta are the numbers that a net computes for each element of x, of which an elementwise transform takes a few: s and
// t of Real NVP. They come as one stack, [numbers, batch, ...], or one by one, as the net has them.
type Theta struct {
	each []*Node
	all  *Node
}

// ThetaOf are numbers that a net computed one by one, each of x's shape.
func ThetaOf(each ...*Node) Theta { return Theta{each: each} }

// ThetaStack are numbers that a net computed together: [numbers, batch, ...].
func ThetaStack(all *Node) Theta { return Theta{all: all} }

// Len is how many numbers each element has.
func (t Theta) Len() int {
	if t.all != nil {
		return t.all.Shape().Dim(0)
	}
	return len(t.each)
}

// At is number i, from 0, of each element: [batch, ...].
func (t Theta) At(i int) *Node {
	if t.all != nil {
		return Squeeze(Slice(t.all, AxisRange(i, i+1)), 0)
	}
	return t.each[i]
}

// Stack is all of them: [numbers, batch, ...].
func (t Theta) Stack() *Node {
	if t.all != nil {
		return t.all
	}
	return Stack(t.each, 0)
}
