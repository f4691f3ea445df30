package bijector

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// BatchNorm is the invertible batch norm of the coupling path (Dinh et al. 2016, section 3.7, eq. 21 and appendix E):
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
	// Momentum is the weight of a batch in the running moments, in (0, 1]; the author's is 0.005.
	Momentum float64
	// Epsilon is added to the variance; the author's is 1e-5.
	Epsilon float64
	// BiasedVariance divides a batch's squares by n instead of n−1.
	BiasedVariance bool
	// ByBatch makes the batch's own moments normalise in training, as the paper's published code does; the running
	// ones are then kept for evaluation and for Inverse alone, so only in evaluation is Inverse the exact way back.
	ByBatch bool
	// Debias starts as the plain mean of the batches seen so far and only then settles to
	// Momentum: the weight of batch k is max(Momentum, 1/k). A short run then has useful moments from its first step.
	Debias bool
}

// Names of BatchNorm's variables within its scope.
const (
	RunningMean  = "running_mean"
	RunningVar   = "running_var"
	RunningCount = "running_count"
)

// Forward normalises x, in training by the updated running moments; see BatchNorm.
func (b *BatchNorm) Forward(s *model.Scope, x *Node) (z, logDet *Node) {
	meanVar, varianceVar := b.running(s, x)
	mean, variance := meanVar.NodeValue(x.Graph()), varianceVar.NodeValue(x.Graph())
	if s.IsTraining(x.Graph()) {
		batchMean, batchVariance := b.batchMoments(x)
		mean, variance = b.update(s, meanVar, varianceVar, batchMean, batchVariance)
		if b.ByBatch {
			mean, variance = batchMean, batchVariance
		}
	}
	mean, std := b.shape(x, mean, variance)
	return Div(Sub(x, mean), std), Neg(b.logScale(x, std))
}

// Inverse maps z to x = z·sqrt(σ² + ε) + μ.
func (b *BatchNorm) Inverse(s *model.Scope, z *Node) (x, logDet *Node) {
	meanVar, varianceVar := b.running(s, z)
	mean, std := b.shape(z, meanVar.NodeValue(z.Graph()), varianceVar.NodeValue(z.Graph()))
	return Add(Mul(z, std), mean), b.logScale(z, std)
}

func (b *BatchNorm) running(s *model.Scope, x *Node) (meanVar, varianceVar *model.Variable) {
	shape := shapes.Make(x.DType(), x.Shape().Dim(-1))
	meanVar = variable(s, RunningMean, shape, InitZero).SetTrainable(false)
	varianceVar = variable(s, RunningVar, shape, InitOne).SetTrainable(false)
	return meanVar, varianceVar
}

// batchMoments gives the mean and variance of each channel over the batch and all positions.
func (b *BatchNorm) batchMoments(x *Node) (mean, variance *Node) {
	axes := make([]int, x.Rank()-1)
	n := 1
	for i := range axes {
		axes[i] = i
		n *= x.Shape().Dim(i)
	}
	mean = ReduceMean(x, axes...)
	div := float64(n - 1)
	if b.BiasedVariance || n == 1 {
		div = float64(n)
	}
	return mean, DivScalar(ReduceSum(Square(Sub(x, channelwise(x, mean))), axes...), div)
}

// update moves the running moments by one batch and gives their new values.
func (b *BatchNorm) update(s *model.Scope, meanVar, varianceVar *model.Variable, batchMean, batchVariance *Node) (mean, variance *Node) {
	g := batchMean.Graph()
	momentum := Scalar(g, batchMean.DType(), b.Momentum)
	if b.Debias {
		count := variable(s, RunningCount, shapes.Make(batchMean.DType()), InitZero).SetTrainable(false)
		seen := AddScalar(count.NodeValue(g), 1)
		count.SetNodeValue(seen)
		momentum = Max(momentum, Reciprocal(seen))
	}
	mix := func(v *model.Variable, batch *Node) *Node {
		mixed := Add(Mul(OneMinus(momentum), StopGradient(v.NodeValue(g))), Mul(momentum, batch))
		v.SetNodeValue(mixed)
		return mixed
	}
	return mix(meanVar, batchMean), mix(varianceVar, batchVariance)
}

// shape makes the mean broadcast over x and the variance a standard deviation that does.
func (b *BatchNorm) shape(x, mean, variance *Node) (shapedMean, std *Node) {
	return channelwise(x, mean), channelwise(x, Sqrt(AddScalar(variance, b.Epsilon)))
}

// logScale is Σ log std over one sample, the same for each: [batch].
func (b *BatchNorm) logScale(x, std *Node) *Node {
	perChannel := numElements(x) / x.Shape().Dim(-1)
	total := MulScalar(ReduceAllSum(Log(std)), float64(perChannel))
	return BroadcastToDims(total, x.Shape().Dim(0))
}

// channelwise gives a [channels] value the rank of x: [1, ..., channels].
func channelwise(x, perChannel *Node) *Node {
	dims := make([]int, x.Rank())
	for i := range dims {
		dims[i] = 1
	}
	dims[x.Rank()-1] = perChannel.Shape().Dim(0)
	return Reshape(perChannel, dims...)
}
