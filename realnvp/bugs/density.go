package bugs

import (
	"github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/base"
	"flowbook/realnvp/doctor"
)

// density are the bugs of the latent's log-density.
func density() []Bug {
	return []Bug{{
		Name: "half-log-two-pi-missing", Title: "½·log 2π left out of the normal density",
		Symptom: "Training is the same to the last digit, but every score is better than a published one by 1.33 bits/dim.",
		Cause:   "A constant does not change a gradient, so −½·|z|² trains as well as the density. As a score it lacks ½·log 2π = 0.919 nats a dimension.",
		Fix:     "log N(z; 0, I) = −½·|z|² − (D/2)·log 2π. A density must integrate to 1; in two dimensions one can add it up.",
		Check:   doctor.CheckBase,
		Base:    unnormalized{},
		Twins:   []Twin{{"base/base.go", "Normal.LogProb", "unnormalized.LogProb"}},
	}}
}

// unnormalized is N(0, I) without its constant: no density.
type unnormalized struct{ base.Normal }

// LogProb is −½·|z|².
func (unnormalized) LogProb(_ *base.Context, z *graph.Node) *graph.Node {
	return graph.MulScalar(graph.ReduceSum(graph.Square(z), -1), -0.5)
}
