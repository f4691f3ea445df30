package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// BatchNorm is the invertible batch norm of the coupling path (Dinh et al. 2016, section 3.7, eq. 17-18, and appendix E):
//
//	z = (x − μ) / sqrt(σ² + ε),  log|det J| = −½ Σ log(σ² + ε)  over every one of the H·W·C numbers
//
// without an affine part. In training the moments of the batch (per channel, unbiased variance) first move the
// running ones, and the updated running values normalise, so the gradient flows through Momentum·batch:
//
//	running ← (1−Momentum)·stop_gradient(running) + Momentum·batch
//
// In evaluation the running values normalise and do not change. Inverse always uses the running values as they are:
// after a Forward in the same training graph these are the updated ones, so it undoes that Forward.
// Shapes: [batch, ..., channels].
type BatchNorm struct {
	// Momentum is the weight of a batch in the running moments, in (0, 1]; the author's is 0.005. It has to be given.
	Momentum float64
	// Epsilon is added to the variance, 0 or above; the author's is 1e-5.
	Epsilon float64
	// BiasedVariance divides a batch's squares by n instead of n−1.
	BiasedVariance bool
	// ByBatch makes the batch's own moments normalise in training, as the paper's published code does; the running
	// ones are then kept for evaluation and for Inverse alone, so only in evaluation is Inverse the exact way back.
	ByBatch bool
	// Debias makes the running moments start as the plain mean of the batches seen so far and only then settle to
	// Momentum: the weight of batch k, counted from 1, is max(Momentum, 1/k). A short run then has useful moments
	// from its first step.
	Debias bool
}

// Names of BatchNorm's variables within its scope.
const (
	RunningMean  = param.RunningMean
	RunningVar   = param.RunningVar
	RunningCount = param.RunningCount
)

// Forward normalises x, in training by the updated running moments; see BatchNorm.
func (b *BatchNorm) Forward(c *Context, x *Node) (z, logDet *Node) {
	mean, variance := b.moments().Normalizing(c, x)
	std := b.std(variance)
	z = Div(Sub(x, param.Channelwise(x, mean)), param.Channelwise(x, std))
	return z, Neg(b.logScale(x, std))
}

// Inverse maps z to x = z·sqrt(σ² + ε) + μ.
func (b *BatchNorm) Inverse(c *Context, z *Node) (x, logDet *Node) {
	mean, variance := b.moments().Running(c, z)
	std := b.std(variance)
	x = Add(Mul(z, param.Channelwise(z, std)), param.Channelwise(z, mean))
	return x, b.logScale(z, std)
}

func (b *BatchNorm) moments() param.Moments {
	if !(b.Momentum > 0 && b.Momentum <= 1) || !(b.Epsilon >= 0) {
		panicf("batch norm of momentum %g and epsilon %g: momentum is in (0, 1], epsilon 0 or above", b.Momentum, b.Epsilon)
	}
	return param.Moments{Momentum: b.Momentum, Biased: b.BiasedVariance, ByBatch: b.ByBatch, Debias: b.Debias}
}

func (b *BatchNorm) std(variance *Node) *Node { return Sqrt(AddScalar(variance, b.Epsilon)) }

// logScale is Σ log std over one sample, the same for each: [batch].
func (b *BatchNorm) logScale(x, std *Node) *Node {
	perChannel := numElements(x) / x.Shape().Dim(-1)
	total := MulScalar(ReduceAllSum(Log(std)), float64(perChannel))
	return BroadcastToDims(total, x.Shape().Dim(0))
}
