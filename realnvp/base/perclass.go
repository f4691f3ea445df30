package base

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/param"
)

// PerClass is one normal a class, with a learned mean and standard deviation of each number: p(z | label) =
// N(mean_label, diag(σ_label²)) (Izmailov et al. 2020, arXiv:1912.13025, have such a base). The means start at draws
// from N(0, 1) and the deviations at 1.
type PerClass struct {
	// Label says which of the flow's labels it is of: 0 is the first.
	Label int
}

// LogProb is the log-density under each sample's own class.
func (p PerClass) LogProb(c *Context, z *graph.Node) *graph.Node {
	if p.Label < 0 || p.Label >= len(c.Labels) {
		panicf("PerClass is of label %d, and the flow is conditioned on %d labels", p.Label, len(c.Labels))
	}
	oneHot := graph.ConvertDType(c.Labels[p.Label], z.DType())
	classes, d := oneHot.Shape().Dim(-1), z.Shape().Dim(-1)
	mean := graph.Dot(oneHot, c.Value(z, "mean", param.Normal, classes, d)).Product()
	logStd := graph.Dot(oneHot, c.Value(z, "log_std", param.Zero, classes, d)).Product()
	u := graph.Mul(graph.Sub(z, mean), graph.Exp(graph.Neg(logStd)))
	return graph.Sub(Normal{}.LogProb(c, u), graph.ReduceSum(logStd, -1))
}

// Sampler draws from the normal of a sample's class.
func (p PerClass) Sampler(s *model.Scope, dim int) (func(rng *rand.Rand, temperature float64, labels []int) []float64, error) {
	mean, err := learned(s, "mean")
	if err != nil {
		return nil, err
	}
	logStd, err := learned(s, "log_std")
	if err != nil {
		return nil, err
	}
	if len(mean)%dim != 0 || len(mean) != len(logStd) {
		return nil, fmt.Errorf("base: PerClass has %d means for latents of %d numbers", len(mean), dim)
	}
	return func(rng *rand.Rand, temperature float64, labels []int) []float64 {
		z := make([]float64, dim)
		for i := range z {
			at := labels[p.Label]*dim + i
			z[i] = mean[at] + temperature*math.Exp(logStd[at])*rng.NormFloat64()
		}
		return z
	}, nil
}
