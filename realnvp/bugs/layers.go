package bugs

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
)

func init() { // so that a flow with a bug in it has checkpoints as any other
	arch.Register("bugs.maskedLogDet", maskedLogDet{})
	arch.Register("bugs.unscaledTanh", unscaledTanh{})
	arch.Register("bugs.silentNorm", silentNorm{})
	arch.Register("bugs.oppositeNorm", oppositeNorm{})
	arch.Register("bugs.alwaysTraining", alwaysTraining{})
	arch.Register("bugs.unnormalized", unnormalized{})
	arch.Register("bugs.unitless", unitless{})
	arch.Register("bugs.oneSidedLogit", oneSidedLogit{})
	arch.Register("bugs.stuckInLogits", stuckInLogits{})
}

// inLayers makes a Bug.Layer that changes the bijectors of type B alone.
func inLayers[B bijector.Bijector](wrong func(b B) bijector.Bijector) func(string, bijector.Bijector) bijector.Bijector {
	return func(_ string, b bijector.Bijector) bijector.Bijector {
		if right, ok := b.(B); ok {
			return wrong(right)
		}
		return b
	}
}

// The names by which the right code calls these, so that wrong code differs from it in the mistake alone.

func sumPerSample(x *Node) *Node { return ReduceSum(Reshape(x, x.Shape().Dim(0), -1), 1) }

func numElements(x *Node) int { return x.Shape().Size() / x.Shape().Dim(0) }

func constantLogDet(x *Node, value float64) *Node {
	return BroadcastToDims(Scalar(x.Graph(), x.DType(), value), x.Shape().Dim(0))
}
