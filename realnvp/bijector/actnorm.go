package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// ActNorm is the activation normalisation of Kingma and Dhariwal 2018 (arXiv:1807.03039, section 3.1): a learned scale
// and bias for each channel, z = (x + bias)·exp(log_scale), log|det J| = H·W·Σ log_scale.
//
// The paper starts it so that a first batch comes out with mean 0 and variance 1; here it starts as the identity, which
// on standardised data is near that, and needs no batch. Shapes: [batch, ..., channels].
type ActNorm struct{}

// Forward scales and shifts each channel.
func (a ActNorm) Forward(c *Context, x *Node) (z, logDet *Node) {
	bias, logScale := a.parameters(c, x)
	return Mul(Add(x, bias), Exp(logScale)), a.logDet(x, logScale)
}

// Inverse undoes it.
func (a ActNorm) Inverse(c *Context, z *Node) (x, logDet *Node) {
	bias, logScale := a.parameters(c, z)
	return Sub(Mul(z, Exp(Neg(logScale))), bias), Neg(a.logDet(z, logScale))
}

func (ActNorm) parameters(c *Context, x *Node) (bias, logScale *Node) {
	channels := x.Shape().Dim(-1)
	bias = param.Channelwise(x, c.Value(x, "bias", param.Zero, channels))
	logScale = param.Channelwise(x, c.Value(x, "log_scale", param.Zero, channels))
	return bias, logScale
}

// logDet is each channel's log_scale at every position: [batch].
func (ActNorm) logDet(x, logScale *Node) *Node {
	positions := numElements(x) / x.Shape().Dim(-1)
	return BroadcastToDims(MulScalar(ReduceAllSum(logScale), float64(positions)), x.Shape().Dim(0))
}
