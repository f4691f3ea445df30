package bijector

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// StandardNormal is the log-density of the base distribution N(0, I): [batch, ...] → [batch], in nats:
// −½·|z|² − (D/2)·log 2π (Dinh et al. 2016, section 3.1).
func StandardNormal(z *Node) *Node {
	constant := 0.5 * float64(numElements(z)) * math.Log(2*math.Pi)
	return AddScalar(MulScalar(sumPerSample(Square(z)), -0.5), -constant)
}
