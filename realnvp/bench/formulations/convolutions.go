package main

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// A formulation computes the 3×3 convolution with zero padding: x [b,h,w,in], kernel [3,3,in,out].
type formulation struct {
	name string
	fn   func(x, kernel *Node) *Node
}

var formulations = []formulation{
	{"convolution", convolution},
	{"patches", patches},
	{"shifted dots", shiftedDots},
	{"rows", rows},
	{"taps", taps},
	{"thin out", thinOut},
	{"thin out, own gradient", thinOutNatural},
}

func convolution(x, kernel *Node) *Node { return Convolve(x, kernel).PadSame().Done() }

// padded adds a border of one zero. (GoMLX's Pad has no gradient; Concatenate has.)
func padded(x *Node) *Node {
	for axis := 1; axis <= 2; axis++ {
		dims := x.Shape().Clone().Dimensions
		dims[axis] = 1
		edge := BroadcastToDims(ScalarZero(x.Graph(), x.DType()), dims...)
		x = Concatenate([]*Node{edge, x, edge}, axis)
	}
	return x
}

// shifted is the padded x seen from (dy, dx), dy and dx in 0…2.
func shifted(p *Node, dy, dx, h, w int) *Node {
	return Slice(p, AxisRange(), AxisRange(dy, dy+h), AxisRange(dx, dx+w), AxisRange())
}

// concatenated is [b,h,w,9·in]: the neighbourhood of each position.
func concatenated(x *Node) *Node {
	h, w := x.Shape().Dim(1), x.Shape().Dim(2)
	p := padded(x)
	var all []*Node
	for dy := range 3 {
		for dx := range 3 {
			all = append(all, shifted(p, dy, dx, h, w))
		}
	}
	return Concatenate(all, -1)
}

// patches is one dot of the neighbourhoods with the kernel as a matrix [9·in, out].
func patches(x, kernel *Node) *Node {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	rows := Reshape(concatenated(x), d[0]*d[1]*d[2], 9*k[2])
	return Reshape(Dot(rows, Reshape(kernel, 9*k[2], k[3])).Product(), d[0], d[1], d[2], k[3])
}

// shiftedDots is the sum of nine dots.
func shiftedDots(x, kernel *Node) *Node {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	p := padded(x)
	var sum *Node
	for dy := range 3 {
		for dx := range 3 {
			s := Reshape(shifted(p, dy, dx, d[1], d[2]), d[0]*d[1]*d[2], k[2])
			w := Reshape(Slice(kernel, AxisElem(dy), AxisElem(dx)), k[2], k[3])
			y := Dot(s, w).Product()
			if sum == nil {
				sum = y
			} else {
				sum = Add(sum, y)
			}
		}
	}
	return Reshape(sum, d[0], d[1], d[2], k[3])
}

// rows is the sum of three dots on three-neighbour rows.
func rows(x, kernel *Node) *Node {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	p := padded(x)
	wide := Concatenate([]*Node{
		Slice(p, AxisRange(), AxisRange(), AxisRange(0, d[2])),
		Slice(p, AxisRange(), AxisRange(), AxisRange(1, d[2]+1)),
		Slice(p, AxisRange(), AxisRange(), AxisRange(2, d[2]+2)),
	}, -1)
	var sum *Node
	for dy := range 3 {
		s := Reshape(Slice(wide, AxisRange(), AxisRange(dy, dy+d[1])), d[0]*d[1]*d[2], 3*k[2])
		y := Dot(s, Reshape(Slice(kernel, AxisElem(dy)), 3*k[2], k[3])).Product()
		if sum == nil {
			sum = y
		} else {
			sum = Add(sum, y)
		}
	}
	return Reshape(sum, d[0], d[1], d[2], k[3])
}

// taps, for one channel in or out, is a sum of nine products by broadcasting, one fusion.
func taps(x, kernel *Node) *Node {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	p := padded(x)
	var sum *Node
	for c := range k[2] {
		for dy := range 3 {
			for dx := range 3 {
				s := Slice(p, AxisRange(), AxisRange(dy, dy+d[1]), AxisRange(dx, dx+d[2]), AxisElem(c))
				w := Slice(kernel, AxisElem(dy), AxisElem(dx), AxisElem(c))
				y := Mul(s, w)
				if sum == nil {
					sum = y
				} else {
					sum = Add(sum, y)
				}
			}
		}
	}
	return sum
}

// thinOut is for few channels out: one dot gives the nine products at each position, which are shifted and added up.
// Its gradients are dots with the patches of v.
func thinOut(x, kernel *Node) *Node {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	n := d[0] * d[1] * d[2]
	in, out := k[2], k[3]
	matrix := Reshape(TransposeAllAxes(kernel, 2, 0, 1, 3), in, 9*out) // [in, 9·out]
	products := Reshape(Dot(Reshape(StopGradient(x), n, in), StopGradient(matrix)).Product(), d[0], d[1], d[2], 9*out)
	p := padded(products)
	var y *Node
	for dy := range 3 {
		for dx := range 3 {
			tap := 3*dy + dx
			part := Slice(p, AxisRange(), AxisRange(dy, dy+d[1]), AxisRange(dx, dx+d[2]), AxisRange(tap*out, (tap+1)*out))
			if y == nil {
				y = part
			} else {
				y = Add(y, part)
			}
		}
	}
	flipped := func(v *Node) *Node { // [n, 9·out]: at tap (dy, dx) the v that x was a neighbour of
		p := padded(v)
		var all []*Node
		for dy := range 3 {
			for dx := range 3 {
				all = append(all, shifted(p, 2-dy, 2-dx, d[1], d[2]))
			}
		}
		return Reshape(Concatenate(all, -1), n, 9*out)
	}
	return withGradients(y, []*Node{x, matrix}, func(v *Node) []*Node {
		f := flipped(v)
		return []*Node{
			Reshape(Dot(f, TransposeAllAxes(matrix, 1, 0)).Product(), d...),
			Dot(Reshape(x, n, in), f).General([]int{0}, nil, []int{0}, nil),
		}
	})
}

// thinOutNatural is thinOut with GoMLX's own gradient.
func thinOutNatural(x, kernel *Node) *Node {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	n := d[0] * d[1] * d[2]
	in, out := k[2], k[3]
	matrix := Reshape(TransposeAllAxes(kernel, 2, 0, 1, 3), in, 9*out)
	products := Reshape(Dot(Reshape(x, n, in), matrix).Product(), d[0], d[1], d[2], 9*out)
	var y *Node
	for dy := range 3 {
		for dx := range 3 {
			tap := 3*dy + dx
			part := shifted(padded(Slice(products, AxisRange(), AxisRange(), AxisRange(), AxisRange(tap*out, (tap+1)*out))), dy, dx, d[1], d[2])
			if y == nil {
				y = part
			} else {
				y = Add(y, part)
			}
		}
	}
	return y
}

// withGradients gives out, and adds gradients(v) to the inputs' gradients in the backward pass: zeros of out's shape
// that depend on the inputs in name only.
func withGradients(out *Node, inputs []*Node, gradients func(v *Node) []*Node) *Node {
	m := out.Shape().Size()
	parts, n := make([]*Node, 0, len(inputs)+1), 0
	for _, input := range inputs {
		parts = append(parts, Reshape(input, -1))
		n += input.Shape().Size()
	}
	zeros := Reshape(ZerosLike(out), m)
	joint := IdentityWithCustomGradient(Concatenate(append(parts, zeros), 0), func(_, v *Node) *Node {
		var flat []*Node
		for _, g := range gradients(Reshape(Slice(v, AxisRange(n, n+m)), out.Shape().Dimensions...)) {
			flat = append(flat, Reshape(g, -1))
		}
		return Concatenate(append(flat, zeros), 0)
	})
	return Add(out, Reshape(Slice(joint, AxisRange(n, n+m)), out.Shape().Dimensions...))
}
