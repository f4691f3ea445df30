package conditioner

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/xla"
)

// Conv is a 3×3 convolution with zero padding and without bias, NHWC and HWIO:
// [batch, h, w, in] → [batch, h, w, out]. With WeightNorm its kernel is g·v/‖v‖, the norm over height, width and
// in-channels for each out-channel (Salimans and Kingma 2016, arXiv:1602.07868).
func (r ResNet) Conv(s *model.Scope, x *Node, out int) *Node {
	in, dtype := x.Shape().Dim(-1), r.Params
	if dtype == dtypes.InvalidDType {
		dtype = x.DType()
	}
	kernel := bijector.Variable(s, x.Graph(), "v", shapes.Make(dtype, 3, 3, in, out), fanInUniform(9*in))
	if r.WeightNorm {
		// 1/√3 is the root mean square norm of a kernel drawn by fanInUniform.
		g := bijector.Variable(s, x.Graph(), "g", shapes.Make(dtype, out), bijector.InitConstant(1/math.Sqrt(3)))
		norm := Sqrt(ReduceAndKeep(Square(kernel), ReduceSum, 0, 1, 2))
		kernel = Mul(kernel, Div(Reshape(g, 1, 1, 1, out), norm))
	}
	if r.Compute != dtypes.InvalidDType {
		x, kernel = ConvertDType(x, r.Compute), ConvertDType(kernel, r.Compute)
	}
	if xla.Fast() && x.Graph().Backend().Name() == "xla" {
		return Convolve(x, kernel).PadSame().Done() // one kernel to compile, where the ways of convolve are several
	}
	return convolve(x, kernel)
}
