package net

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/internal/lower"
	"flowbook/realnvp/param"
)

// Conv is a 3×3 convolution with zero padding and without bias, NHWC and HWIO:
// [batch, h, w, in] → [batch, h, w, out]. With WeightNorm its kernel is g·v/‖v‖, the norm over height, width and
// in-channels for each out-channel (Salimans and Kingma 2016, arXiv:1602.07868).
func (r ResNet) Conv(c *Context, x *Node, out int) *Node {
	in := x.Shape().Dim(-1)
	like := x // of the parameters' type
	if r.Params != dtypes.InvalidDType {
		like = ConvertDType(x, r.Params)
	}
	kernel := c.Value(like, "v", param.FanIn(9*in), 3, 3, in, out)
	if r.WeightNorm {
		// 1/√3 is the root mean square norm of a kernel drawn by param.FanIn.
		g := c.Value(like, "g", param.Constant(1/math.Sqrt(3)), out)
		norm := Sqrt(ReduceAndKeep(Square(kernel), ReduceSum, 0, 1, 2))
		kernel = Mul(kernel, Div(Reshape(g, 1, 1, 1, out), norm))
	}
	if r.Compute != dtypes.InvalidDType {
		x, kernel = ConvertDType(x, r.Compute), ConvertDType(kernel, r.Compute)
	}
	return lower.Conv3x3(x, kernel)
}
