package lower

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"flowbook/realnvp/internal/goldentest"
)

// TestConvolveAgreesWithXLA compares each way of convolving, its gradient for x and its gradient for the kernel with
// the backend's convolution, in float64.
func TestConvolveAgreesWithXLA(t *testing.T) {
	backend := goldentest.Backend(t)
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(dims ...int) *tensors.Tensor {
		n := 1
		for _, d := range dims {
			n *= d
		}
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return tensors.FromFlatDataAndDimensions(v, dims...)
	}
	plain := func(x, kernel *graph.Node) *graph.Node { return graph.Convolve(x, kernel).PadSame().Done() }
	for _, c := range []struct{ in, out, h, w int }{
		{1, 8, 5, 4}, {3, 5, 4, 4}, {4, 4, 2, 2}, // on neighbours
		{8, 1, 5, 4}, {5, 3, 4, 6}, {16, 4, 2, 2}, // as products
		{6, 7, 4, 4}, {3, 33, 4, 4}, {33, 3, 4, 4}, // the backend's own
		{15, 16, 4, 4},                 // the backend's own
		{16, 17, 4, 6}, {32, 33, 4, 6}, // with the kernel's gradient
		{2, 8, 1, 1},   // a single position
		{16, 32, 1, 3}, // a single row
	} {
		t.Run(fmt.Sprintf("%d to %d at %dx%d", c.in, c.out, c.h, c.w), func(t *testing.T) {
			x, kernel, weight := random(2, c.h, c.w, c.in), random(3, 3, c.in, c.out), random(2, c.h, c.w, c.out)
			results := func(conv func(x, kernel *graph.Node) *graph.Node) []*tensors.Tensor {
				out, err := graph.CallOnceN(backend, func(in []*graph.Node) []*graph.Node {
					y := conv(in[0], in[1])
					// The adjoint of y depends on y, so the gradients see more than a constant.
					grads := graph.Gradient(graph.ReduceAllSum(graph.Mul(in[2], graph.Tanh(y))), in[0], in[1])
					return []*graph.Node{y, grads[0], grads[1]}
				}, x, kernel, weight)
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
			got, want := results(Conv3x3), results(plain)
			for i, what := range []string{"result", "gradient for x", "gradient for the kernel"} {
				goldentest.Close(t, what, goldentest.Floats(t, got[i]), goldentest.Floats(t, want[i]), 1e-10)
			}
		})
	}
}
