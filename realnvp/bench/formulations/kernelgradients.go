package main

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// kernelGradients compute the gradient of a 3×3 convolution's kernel from x [b,h,w,in] and v [b,h,w,out]:
// dK[dy,dx,i,o] = Σ x[b, y+dy−1, x+dx−1, i]·v[b, y, x, o].
var kernelGradients = []formulation{
	{"convolution", gradByConvolution},
	{"patches", gradByPatches},
	{"shifted dots", gradByShiftedDots},
	{"rows", gradByRows},
	{"columns", gradByColumns},
	{"columns, pad", gradByColumnsPad},
	{"columns, cut", gradByColumnsCut},
	{"columns, three", gradByColumnsThree},
	{"columns, select", gradByColumnsSelect},
	{"columns, sum", gradByColumnsSum},
}

func gradByConvolution(x, v *Node) *Node {
	kernel := zeroKernel(x, v)
	return Gradient(ReduceAllSum(Mul(convolution(StopGradient(x), kernel), StopGradient(v))), kernel)[0]
}

func zeroKernel(x, v *Node) *Node {
	return BroadcastToDims(ScalarZero(x.Graph(), x.DType()), 3, 3, x.Shape().Dim(-1), v.Shape().Dim(-1))
}

func outer(a, b *Node) *Node { // [n, i], [n, o] → [i, o]
	return Dot(a, b).General([]int{0}, nil, []int{0}, nil)
}

func flat(x *Node) *Node {
	c := x.Shape().Dim(-1)
	return Reshape(x, x.Shape().Size()/c, c)
}

func gradByPatches(x, v *Node) *Node {
	return outer(flat(concatenated(x)), flat(v))
}

func gradByShiftedDots(x, v *Node) *Node {
	d := x.Shape().Dimensions
	p := padded(x)
	var all []*Node
	for dy := range 3 {
		for dx := range 3 {
			all = append(all, outer(flat(shifted(p, dy, dx, d[1], d[2])), flat(v)))
		}
	}
	return Concatenate(all, 0)
}

func gradByRows(x, v *Node) *Node {
	d := x.Shape().Dimensions
	p := padded(x)
	wide := Concatenate([]*Node{
		Slice(p, AxisRange(), AxisRange(), AxisRange(0, d[2])),
		Slice(p, AxisRange(), AxisRange(), AxisRange(1, d[2]+1)),
		Slice(p, AxisRange(), AxisRange(), AxisRange(2, d[2]+2)),
	}, -1)
	var all []*Node
	for dy := range 3 {
		all = append(all, outer(flat(Slice(wide, AxisRange(), AxisRange(dy, dy+d[1]))), flat(v)))
	}
	return Concatenate(all, 0)
}

// gradByColumns stacks x with its neighbours above and below, and v with those left and right: one dot then gives
// [3·in, 3·out], the nine taps as blocks.
func gradByColumns(x, v *Node) *Node {
	d := x.Shape().Dimensions
	px, pv := padded(x), padded(v)
	tall := Concatenate([]*Node{ // x at y−1, y, y+1 for column positions 0…w−1
		Slice(px, AxisRange(), AxisRange(0, d[1]), AxisRange(1, d[2]+1)),
		Slice(px, AxisRange(), AxisRange(1, d[1]+1), AxisRange(1, d[2]+1)),
		Slice(px, AxisRange(), AxisRange(2, d[1]+2), AxisRange(1, d[2]+1)),
	}, -1)
	wide := Concatenate([]*Node{ // v at x+1, x, x−1
		Slice(pv, AxisRange(), AxisRange(1, d[1]+1), AxisRange(2, d[2]+2)),
		Slice(pv, AxisRange(), AxisRange(1, d[1]+1), AxisRange(1, d[2]+1)),
		Slice(pv, AxisRange(), AxisRange(1, d[1]+1), AxisRange(0, d[2])),
	}, -1)
	return outer(flat(tall), flat(wide))
}

// shift moves x by one along axis, forward (+1) or backward (−1), zeros coming in.
func shift(x *Node, axis, by int) *Node {
	pads := make([]PadAxis, x.Rank())
	spec := make([]SliceAxisSpec, x.Rank())
	for i := range spec {
		spec[i] = AxisRange()
	}
	n := x.Shape().Dim(axis)
	if by > 0 {
		pads[axis].Start = 1
		spec[axis] = AxisRange(0, n)
	} else {
		pads[axis].End = 1
		spec[axis] = AxisRange(1, n+1)
	}
	return Slice(Pad(x, ScalarZero(x.Graph(), x.DType()), pads...), spec...)
}

func gradByColumnsPad(x, v *Node) *Node {
	tall := Concatenate([]*Node{shift(x, 1, 1), x, shift(x, 1, -1)}, -1)
	wide := Concatenate([]*Node{shift(v, 2, -1), v, shift(v, 2, 1)}, -1)
	return outer(flat(tall), flat(wide))
}

// cut is shift by concatenation.
func cut(x *Node, axis, by int) *Node {
	spec := make([]SliceAxisSpec, x.Rank())
	for i := range spec {
		spec[i] = AxisRange()
	}
	n := x.Shape().Dim(axis)
	dims := x.Shape().Clone().Dimensions
	dims[axis] = 1
	edge := BroadcastToDims(ScalarZero(x.Graph(), x.DType()), dims...)
	if by > 0 {
		spec[axis] = AxisRange(0, n-1)
		return Concatenate([]*Node{edge, Slice(x, spec...)}, axis)
	}
	spec[axis] = AxisRange(1, n)
	return Concatenate([]*Node{Slice(x, spec...), edge}, axis)
}

func gradByColumnsCut(x, v *Node) *Node {
	tall := Concatenate([]*Node{cut(x, 1, 1), x, cut(x, 1, -1)}, -1)
	wide := Concatenate([]*Node{cut(v, 2, -1), v, cut(v, 2, 1)}, -1)
	return outer(flat(tall), flat(wide))
}

// gradByColumnsSelect stacks by choosing, which XLA fuses; a concatenation is a kernel of its own, compiled anew each time.
func gradByColumnsSelect(x, v *Node) *Node {
	stack := func(a, b, c *Node) *Node {
		d := a.Shape().Dimensions
		k := Iota(a.Graph(), shapes.Make(dtypes.Int32, d[0], d[1], d[2], 3, d[3]), 3)
		over := func(n *Node) *Node { return BroadcastToDims(ExpandAxes(n, 3), d[0], d[1], d[2], 3, d[3]) }
		return Where(LessThan(k, Scalar(a.Graph(), dtypes.Int32, 1)), over(a), Where(LessThan(k, Scalar(a.Graph(), dtypes.Int32, 2)), over(b), over(c)))
	}
	return outer(flat2(stack(shift(x, 1, 1), x, shift(x, 1, -1))), flat2(stack(shift(v, 2, -1), v, shift(v, 2, 1))))
}

func flat2(x *Node) *Node {
	c := 3 * x.Shape().Dim(-1)
	return Reshape(x, x.Shape().Size()/c, c)
}

func gradByColumnsSum(x, v *Node) *Node {
	stack := func(parts ...*Node) *Node {
		c := parts[0].Shape().Dim(3)
		var sum *Node
		for i, p := range parts {
			p = Pad(p, ScalarZero(x.Graph(), x.DType()), PadAxis{}, PadAxis{}, PadAxis{}, PadAxis{Start: i * c, End: (2 - i) * c})
			if sum == nil {
				sum = p
			} else {
				sum = Add(sum, p)
			}
		}
		return sum
	}
	return outer(flat(stack(shift(x, 1, 1), x, shift(x, 1, -1))), flat(stack(shift(v, 2, -1), v, shift(v, 2, 1))))
}

// gradByColumnsThree takes a dot for each dy on the rows that both have, so that x needs no border.
func gradByColumnsThree(x, v *Node) *Node {
	h := x.Shape().Dim(1)
	wide := Concatenate([]*Node{shift(v, 2, -1), v, shift(v, 2, 1)}, -1)
	rows := func(n *Node, from, to int) *Node { return flat(Slice(n, AxisRange(), AxisRange(from, to))) }
	return Concatenate([]*Node{
		outer(rows(x, 0, h-1), rows(wide, 1, h)),
		outer(flat(x), flat(wide)),
		outer(rows(x, 1, h), rows(wide, 0, h-1)),
	}, 0)
}
