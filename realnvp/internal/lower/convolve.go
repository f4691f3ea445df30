package lower

import (
	"strings"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/xla"
)

// A 3×3 convolution is faster as one product of matrices where it has up to thin channels in or out and up to wide on
// the other side. (Beyond that it would still be, a little, but many of them take long to compile.) From thick channels
// in and out, its kernel's gradient is. realnvp/bench/README.md has the measurements.
const thin, thick, wide = 4, 16, 32

// Conv3x3 is the 3×3 convolution with zero padding: x [b, h, w, in], kernel [3, 3, in, out] → [b, h, w, out].
// Plainly: Convolve(x, kernel).PadSame().Done(). It takes the fastest of four ways to the same numbers, but where the
// process compiles fast it leaves the choice to XLA: one kernel to compile, where the ways are several.
func Conv3x3(x, kernel *Node) *Node {
	backend := x.Graph().Backend()
	in, out := kernel.Shape().Dim(2), kernel.Shape().Dim(3)
	switch {
	case !On(), xla.Fast() && backend.Name() == "xla":
	case in <= thin && out <= wide:
		return onNeighbours(x, kernel)
	case out <= thin && in <= wide:
		return asProducts(x, kernel)
	case in >= thick && out >= thick && strings.Contains(backend.Description(), "cpu"):
		return withKernelGradient(x, kernel)
	}
	return Convolve(x, kernel).PadSame().Done()
}

// onNeighbours multiplies the 9·in numbers around each position with the kernel as a matrix [9·in, out].
func onNeighbours(x, kernel *Node) *Node {
	d, out := x.Shape().Dimensions, kernel.Shape().Dim(3)
	y := Dot(perPosition(neighbours(x)), Reshape(kernel, 9*d[3], out)).Product()
	return Reshape(y, d[0], d[1], d[2], out)
}

// asProducts multiplies each position's channels with all nine taps of the kernel, a matrix [in, 9·out], and then adds
// up the products that belong to a position. Backward, the gradients are two products with the neighbours of v.
func asProducts(x, kernel *Node) *Node {
	d, out := x.Shape().Dimensions, kernel.Shape().Dim(3)
	matrix := Reshape(TransposeAllAxes(kernel, 2, 0, 1, 3), d[3], 9*out)
	var around *Node // neighbours of the adjoint, the taps in the kernel's order: [b·h·w, 9·out]
	wrtX := IdentityWithCustomGradient(x, func(_, _ *Node) *Node {
		return Reshape(Dot(around, TransposeAllAxes(matrix, 1, 0)).Product(), d...)
	})
	wrtMatrix := IdentityWithCustomGradient(matrix, func(_, _ *Node) *Node {
		return outer(perPosition(x), around)
	})
	products := bordered(Reshape(Dot(perPosition(wrtX), wrtMatrix).Product(), d[0], d[1], d[2], 9*out))
	var sum *Node
	for tap := range 9 {
		term := Slice(window(products, tap), AxisRange(), AxisRange(), AxisRange(), AxisRange(tap*out, (tap+1)*out))
		if sum == nil {
			sum = term
		} else {
			sum = Add(sum, term)
		}
	}
	return IdentityWithCustomGradient(sum, func(_, v *Node) *Node {
		around = perPosition(neighboursReversed(v))
		return v
	})
}

// withKernelGradient is XLA's convolution with another gradient for the kernel. XLA's own is a convolution by a kernel
// as large as the image; here it is one product of x and its neighbours above and below, [b·h·w, 3·in], with v and its
// neighbours left and right, [b·h·w, 3·out]: the nine blocks of the result are the kernel's nine taps.
func withKernelGradient(x, kernel *Node) *Node {
	in, out := kernel.Shape().Dim(2), kernel.Shape().Dim(3)
	var adjoint *Node
	wrtKernel := IdentityWithCustomGradient(kernel, func(_, _ *Node) *Node {
		tall, broad := stacked(x, 1, 1), stacked(adjoint, 2, -1)
		blocks := Reshape(outer(perPosition(tall), perPosition(broad)), 3, in, 3, out)
		return TransposeAllAxes(blocks, 0, 2, 1, 3)
	})
	y := Convolve(x, wrtKernel).PadSame().Done()
	return IdentityWithCustomGradient(y, func(_, v *Node) *Node { adjoint = v; return v })
}

// neighbours lays the nine shifted copies of x side by side: [b, h, w, c] → [b, h, w, 9·c].
func neighbours(x *Node) *Node {
	p, all := bordered(x), make([]*Node, 9)
	for tap := range all {
		all[tap] = window(p, tap)
	}
	return Concatenate(all, -1)
}

// neighboursReversed is neighbours with the last tap first: at tap k the position that has this one as its neighbour k.
func neighboursReversed(x *Node) *Node {
	p, all := bordered(x), make([]*Node, 9)
	for tap := range all {
		all[tap] = window(p, 8-tap)
	}
	return Concatenate(all, -1)
}

// bordered adds a border of one zero to an image. (By Concatenate, since GoMLX's Pad has no gradient.)
func bordered(x *Node) *Node {
	for axis := 1; axis <= 2; axis++ {
		edge := edgeOf(x, axis)
		x = Concatenate([]*Node{edge, x, edge}, axis)
	}
	return x
}

// window is a bordered image as a kernel's tap k = 3·dy + dx sees it: without its border again.
func window(bordered *Node, tap int) *Node {
	h, w := bordered.Shape().Dim(1)-2, bordered.Shape().Dim(2)-2
	dy, dx := tap/3, tap%3
	return Slice(bordered, AxisRange(), AxisRange(dy, dy+h), AxisRange(dx, dx+w))
}

// stacked lays an image moved by one position along axis, the image, and the image moved the other way side by side,
// zeros coming in: [b, h, w, c] → [b, h, w, 3·c]; by is +1 where the first is moved forward, −1 backward. It is a sum of padded
// images: XLA fuses that, and compiles what is fused once for all places that have the same shapes, but each
// concatenation anew. It has no gradient.
func stacked(x *Node, axis, by int) *Node {
	c := x.Shape().Dim(3)
	var sum *Node
	for i := range 3 {
		move, pads := by*(1-i), make([]PadAxis, 4)
		pads[axis] = PadAxis{Start: move, End: -move}
		pads[3] = PadAxis{Start: i * c, End: (2 - i) * c}
		part := Pad(x, ScalarZero(x.Graph(), x.DType()), pads...)
		if sum == nil {
			sum = part
		} else {
			sum = Add(sum, part)
		}
	}
	return sum
}

// edgeOf is a slice of zeros across axis.
func edgeOf(x *Node, axis int) *Node {
	dims := x.Shape().Clone().Dimensions
	dims[axis] = 1
	return BroadcastToDims(ScalarZero(x.Graph(), x.DType()), dims...)
}

// perPosition is [b, h, w, c] → [b·h·w, c].
func perPosition(x *Node) *Node {
	c := x.Shape().Dim(-1)
	return Reshape(x, x.Shape().Size()/c, c)
}

// outer is aᵀ·b: [n, i], [n, o] → [i, o].
func outer(a, b *Node) *Node { return Dot(a, b).General([]int{0}, nil, []int{0}, nil) }
