package bijector_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
)

// TestZeroDensityIsMinusInfinity: outside the range of the logit the density is zero, and log p says so, in both types,
// with gradients that stay finite; within it, log p of (100, 100) is −10.446471.
func TestZeroDensityIsMinusInfinity(t *testing.T) {
	backend := goldentest.Backend(t)
	inf := math.Inf(-1)
	for _, c := range []struct {
		alpha float64
		x     [2]float64
		want  float64
	}{
		{0.05, [2]float64{100, 100}, -10.446471},
		{0.05, [2]float64{300, 100}, inf},
		{0.05, [2]float64{100, -20}, inf},
		{0.05, [2]float64{-1e30, 1e30}, inf},
		{0, [2]float64{256, 100}, inf},
		{0, [2]float64{0, 100}, inf},
	} {
		for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
			out := goldentest.Run(t, backend, model.NewStore(), func(s *model.Scope, in []*Node) []*Node {
				z, logDet := bijector.Logit{Alpha: c.alpha, Levels: 256}.Forward(bijector.NewContext(s), in[0])
				return []*Node{Add(bijector.StandardNormal(z), logDet), Gradient(ReduceAllSum(z), in[0])[0]}
			}, tensorOf(c.x[:], dtype, 1, 1, 2, 1))
			if got := floats(out[0])[0]; got != c.want && !(math.Abs(got-c.want) < 1e-5) {
				t.Errorf("%s, alpha %g: log p%v = %v, want %v", dtype, c.alpha, c.x, got, c.want)
			}
			for _, slope := range floats(out[1]) {
				if math.IsNaN(slope) || math.IsInf(slope, 0) {
					t.Errorf("%s, alpha %g: the gradient at %v is %v", dtype, c.alpha, c.x, slope)
				}
			}
		}
	}
}
