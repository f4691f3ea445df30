package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// ActNorm is the activation normalisation of Kingma and Dhariwal 2018 (arXiv:1807.03039, section 3.1): a learned scale
// and bias for each channel, z = (x + bias)·exp(log_scale), log|det J| = H·W·Σ log_scale.
//
// A first training starts it so that its first batch comes out with mean 0 and variance 1 in each channel, as the paper
// does; until then it is the identity. Shapes: [batch, ..., channels].
type ActNorm struct{}

// Forward scales and shifts each channel: z = (x + bias)·exp(log_scale).
func (a ActNorm) Forward(c *Context, x *Node) (z, logDet *Node) {
	bias, logScale := a.parameters(c, x)
	return Mul(Add(x, bias), Exp(logScale)), a.logDet(x, logScale)
}

// Inverse undoes it: x = z·exp(−log_scale) − bias.
func (a ActNorm) Inverse(c *Context, z *Node) (x, logDet *Node) {
	bias, logScale := a.parameters(c, z)
	return Sub(Mul(z, Exp(Neg(logScale))), bias), Neg(a.logDet(z, logScale))
}

// Start gives bias = −mean and log_scale = −log(std + 1e-6) of each channel, [channels]; 1e-6 is that of the paper's
// code. A batch with a single value of each channel panics.
func (ActNorm) Start(_ *Context, x *Node) map[string]*Node {
	if x.Shape().Size() == x.Shape().Dim(-1) {
		panicf("an ActNorm cannot start by a first batch that has a single value of each channel, which has no variance: make batches of 2 samples or more")
	}
	axes := param.ButChannels(x)
	mean := ReduceMean(x, axes...)
	variance := ReduceMean(Square(Sub(x, param.Channelwise(x, mean))), axes...)
	return map[string]*Node{"bias": Neg(mean), "log_scale": Neg(Log(AddScalar(Sqrt(variance), 1e-6)))}
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
