package bijector

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Affine is z = (x − Shift)/Scale with fixed numbers, one for each feature of [batch, features] or one for all:
// the standardisation of a data set. log|det J| = −Σ log|Scale|.
type Affine struct {
	// Shift and Scale have one number, or as many as there are features, in the unit of x. All are finite, and no
	// Scale is zero.
	Shift, Scale []float64
}

// Forward standardises: z = (x − Shift)/Scale.
func (a Affine) Forward(_ *Context, x *Node) (z, logDet *Node) {
	shift, scale, logScale := a.nodes(x)
	return Div(Sub(x, shift), scale), constantLogDet(x, -logScale)
}

// Inverse restores the data's own unit: x = z·Scale + Shift.
func (a Affine) Inverse(_ *Context, z *Node) (x, logDet *Node) {
	shift, scale, logScale := a.nodes(z)
	return Add(Mul(z, scale), shift), constantLogDet(z, logScale)
}

func (a Affine) nodes(x *Node) (shift, scale *Node, logScale float64) {
	n := numElements(x)
	if len(a.Shift) != len(a.Scale) || (len(a.Scale) != 1 && len(a.Scale) != n) {
		panicf("affine has %d shifts and %d scales for %d features", len(a.Shift), len(a.Scale), n)
	}
	for i, v := range a.Scale {
		if v == 0 {
			panicf("affine scale %d is zero; leave out a feature that never changes", i)
		}
		logScale += math.Log(math.Abs(v)) * float64(n/len(a.Scale))
	}
	for i := range a.Scale {
		if v := a.Shift[i] + a.Scale[i]; math.IsNaN(v) || math.IsInf(v, 0) {
			panicf("affine shift %d is %g and its scale %g; they must be finite", i, a.Shift[i], a.Scale[i])
		}
		shift, scale := float32(a.Shift[i]), float32(a.Scale[i])
		if sum := float64(shift + scale); x.DType() == dtypes.Float32 && (scale == 0 || math.IsInf(sum, 0)) {
			panicf("affine shift %d is %g and its scale %g, which float32 does not hold; take float64, realnvp.New's option Float64", i, a.Shift[i], a.Scale[i])
		}
	}
	g := x.Graph()
	row := func(v []float64) *Node {
		dims := make([]int, x.Rank())
		for i := range dims {
			dims[i] = 1
		}
		if len(v) > 1 {
			copy(dims[1:], x.Shape().Dimensions[1:])
		}
		return Reshape(ConstAsDType(g, x.DType(), v), dims...)
	}
	return row(a.Shift), row(a.Scale), logScale
}
