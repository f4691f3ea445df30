package base

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// PerClass is one normal a class, with a learned mean and standard deviation of each number: p(z | label) =
// N(mean_label, diag(σ_label²)) (Izmailov et al. 2020, arXiv:1912.13025, have such a base). The means start at draws
// from N(0, 1) and the deviations at 1.
type PerClass struct {
	// Label says which of the flow's labels it is of: 0 is the first.
	Label int
}

// LogProb is the log-density under each sample's own class, in nats: [batch, D] → [batch]. It panics where the flow
// has no such label.
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

// Draw draws from the normal of the sample's class.
func (p PerClass) Draw(d Drawing, z []float64) {
	mean, logStd := d.Parameter("mean"), d.Parameter("log_std")
	first := d.Labels[p.Label] * len(z)
	for i := range z {
		z[i] = mean[first+i] + d.Temperature*math.Exp(logStd[first+i])*d.Rng.NormFloat64()
	}
}
