package bugs

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"

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
		Base:    func(z *Node) *Node { return MulScalar(perSample(Square(z)), -0.5) },
		LogP:    func(logP float64, dim int) float64 { return logP + 0.5*float64(dim)*math.Log(2*math.Pi) },
	}}
}
