package bugs

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/param"
)

// silentNorm is a batch norm without its log-determinant.
type silentNorm struct{ Norm }

// Forward is the right norm's, but for the log-determinant.
func (b silentNorm) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	mean, variance := b.moments().Normalizing(c, x)
	std := b.std(variance)
	z = Div(Sub(x, param.Channelwise(x, mean)), param.Channelwise(x, std))
	return z, constantLogDet(x, 0)
}

// Inverse has no log-determinant either.
func (b silentNorm) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	x, _ = b.BatchNorm.Inverse(c, z)
	return x, constantLogDet(z, 0)
}

// oppositeNorm is a batch norm whose log-determinant has the wrong sign.
type oppositeNorm struct{ Norm }

// Forward is the right norm's, but for the sign.
func (b oppositeNorm) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	mean, variance := b.moments().Normalizing(c, x)
	std := b.std(variance)
	z = Div(Sub(x, param.Channelwise(x, mean)), param.Channelwise(x, std))
	return z, b.logScale(x, std)
}

// Inverse has the wrong sign too.
func (b oppositeNorm) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	x, logDet = b.BatchNorm.Inverse(c, z)
	return x, Neg(logDet)
}

// alwaysTraining is a batch norm in training mode, whatever the graph's.
type alwaysTraining struct{ Norm }

// Forward is the right norm's, but moves the running moments in evaluation too.
func (b alwaysTraining) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	mean, variance := b.moments().Normalizing(c.InTraining(), x)
	std := b.std(variance)
	z = Div(Sub(x, param.Channelwise(x, mean)), param.Channelwise(x, std))
	return z, Neg(b.logScale(x, std))
}

// Norm is a right batch norm with its steps, word for word, for the wrong ones to call.
type Norm struct{ *bijector.BatchNorm }

func (b Norm) moments() param.Moments {
	return param.Moments{Momentum: b.Momentum, Biased: b.BiasedVariance, ByBatch: b.ByBatch, Debias: b.Debias}
}

func (b Norm) std(variance *Node) *Node { return Sqrt(AddScalar(variance, b.Epsilon)) }

func (b Norm) logScale(x, std *Node) *Node {
	perChannel := numElements(x) / x.Shape().Dim(-1)
	total := MulScalar(ReduceAllSum(Log(std)), float64(perChannel))
	return BroadcastToDims(total, x.Shape().Dim(0))
}

// Unwrap is the right norm.
func (b Norm) Unwrap() bijector.Bijector { return b.BatchNorm }
