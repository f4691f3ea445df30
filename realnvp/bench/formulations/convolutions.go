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
	{"patch kernel gradient", patchKernelGradient},
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

// patchKernelGradient is the convolution with XLA's gradient for x and a dot on patches for the kernel.
func patchKernelGradient(x, kernel *Node) *Node {
	k := kernel.Shape().Dimensions
	out := convolution(x, StopGradient(kernel))
	return withKernelGradient(out, kernel, func(v *Node) *Node {
		d := x.Shape().Dimensions
		n := d[0] * d[1] * d[2]
		grad := Dot(Reshape(concatenated(x), n, 9*k[2]), Reshape(v, n, k[3])).General([]int{0}, nil, []int{0}, nil)
		return Reshape(grad, k...)
	})
}

// withKernelGradient gives out, and sends gradient(v) to kernel in the backward pass: a zero of out's shape that
// depends on the kernel in name only.
func withKernelGradient(out, kernel *Node, gradient func(v *Node) *Node) *Node {
	n, m := kernel.Shape().Size(), out.Shape().Size()
	joint := Concatenate([]*Node{Reshape(kernel, n), Reshape(ZerosLike(out), m)}, 0)
	joint = IdentityWithCustomGradient(joint, func(_, v *Node) *Node {
		g := gradient(Reshape(Slice(v, AxisRange(n, n+m)), out.Shape().Dimensions...))
		return Concatenate([]*Node{Reshape(g, n), ZerosLike(Slice(v, AxisRange(n, n+m)))}, 0)
	})
	return Add(out, Reshape(Slice(joint, AxisRange(n, n+m)), out.Shape().Dimensions...))
}
