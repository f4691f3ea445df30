// Package conditioner holds the networks that compute a coupling's s and t (Dinh et al. 2016, section 3.5): MLP for
// vectors, ResNet for images. Graph code only; it panics where shapes do not fit, as GoMLX's does.
package conditioner

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// Net is a network: [batch, ..., c] → [batch, ..., out], all axes but the last as they were.
type Net interface {
	Apply(s *model.Scope, x *Node, out int) *Node
}

// Pair makes a coupling's conditioner of two separate nets, in the scopes "s" and "t".
// It satisfies bijector.Conditioner.
type Pair struct{ S, T Net }

// Condition runs both nets on kept, the part that passes unchanged.
func (p Pair) Condition(s *model.Scope, kept *Node) (rawS, rawT *Node) {
	out := kept.Shape().Dim(-1)
	if both, ok := p.twins(); ok {
		return both.applyTwice(s.At("s"), s.At("t"), kept, out)
	}
	return p.S.Apply(s.At("s"), kept, out), p.T.Apply(s.At("t"), kept, out)
}

// fanInUniform is U(−1/√fanIn, 1/√fanIn), PyTorch's default for weights and biases of linear and convolution layers.
func fanInUniform(fanIn int) bijector.Init {
	return bijector.InitUniform(1 / math.Sqrt(float64(fanIn)))
}
