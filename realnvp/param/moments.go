package param

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Moments are the mean and variance of each channel, the last axis, over batches and positions, with a running
// average that evaluation uses (Dinh et al. 2016, section 3.7 and appendix E):
//
//	running ← (1−Momentum)·stop_gradient(running) + Momentum·batch
//
// The running mean starts at 0 and the running variance at 1. A batch with a single value of each channel has no
// variance: training on one panics.
type Moments struct {
	// Momentum is the weight of a batch in the running moments, in (0, 1].
	Momentum float64
	// Biased divides a batch's squares by n instead of n−1.
	Biased bool
	// ByBatch makes the batch's own moments normalise in training; the running ones are then for evaluation alone.
	// Otherwise the updated running ones do, and the gradient flows through Momentum·batch.
	ByBatch bool
	// Debias makes the running moments start as the plain mean of the batches seen so far and only then settle to
	// Momentum: the weight of batch k, counted from 1, is max(Momentum, 1/k).
	Debias bool
}

// Names of the variables of Moments within their scope. No optimizer moves them.
const (
	RunningMean  = "running_mean"
	RunningVar   = "running_var"
	RunningCount = "running_count"
)

// Normalizing gives the moments that normalise x, [batch, ..., channels], each [channels]: in evaluation the running
// ones. In training they first move.
func (m Moments) Normalizing(c *Context, x *Node) (mean, variance *Node) {
	if !c.Training {
		return m.Running(c, x)
	}
	batchMean, batchVariance := m.ofBatch(x)
	mean, variance = m.update(c, batchMean, batchVariance)
	if m.ByBatch {
		return batchMean, batchVariance
	}
	return mean, variance
}

// Running gives the running moments as they are, each [channels]. It makes all of the variables, so that a model has the
// same ones before a training and after.
func (m Moments) Running(c *Context, x *Node) (mean, variance *Node) {
	g, shape := x.Graph(), shapes.Make(x.DType(), x.Shape().Dim(-1))
	mean = c.Variable(RunningMean, Zero, shape).SetTrainable(false).NodeValue(g)
	variance = c.Variable(RunningVar, One, shape).SetTrainable(false).NodeValue(g)
	if m.Debias {
		m.count(c, x.DType())
	}
	return mean, variance
}

// count is the number of batches seen so far, a variable of Debias.
func (m Moments) count(c *Context, dtype dtypes.DType) *model.Variable {
	return c.Variable(RunningCount, Zero, shapes.Make(dtype)).SetTrainable(false)
}

func (m Moments) ofBatch(x *Node) (mean, variance *Node) {
	axes := ButChannels(x)
	n := x.Shape().Size() / x.Shape().Dim(-1)
	mean = ReduceMean(x, axes...)
	if n == 1 {
		panic(fmt.Errorf("a batch norm in training has a single value of each channel, which has no variance: make batches of 2 samples or more, or leave the norm out"))
	}
	div := float64(n - 1)
	if m.Biased {
		div = float64(n)
	}
	return mean, DivScalar(ReduceSum(Square(Sub(x, Channelwise(x, mean))), axes...), div)
}

// update moves the running moments by one batch and gives their new values.
func (m Moments) update(c *Context, batchMean, batchVariance *Node) (mean, variance *Node) {
	g, dtype := batchMean.Graph(), batchMean.DType()
	momentum := Scalar(g, dtype, m.Momentum)
	m.Running(c, InsertAxes(batchMean, 0)) // which makes the variables in their order
	if m.Debias {
		count := m.count(c, dtype)
		seen := AddScalar(count.NodeValue(g), 1)
		count.SetNodeValue(seen)
		momentum = Max(momentum, Reciprocal(seen))
	}
	mix := func(name string, batch *Node) *Node {
		v := c.Variable(name, nil, batch.Shape())
		mixed := Add(Mul(OneMinus(momentum), StopGradient(v.NodeValue(g))), Mul(momentum, batch))
		v.SetNodeValue(mixed)
		return mixed
	}
	return mix(RunningMean, batchMean), mix(RunningVar, batchVariance)
}

// ButChannels are all axes of x but the last, the channels': those that a channel's moments are taken over.
func ButChannels(x *Node) []int {
	axes := make([]int, x.Rank()-1)
	for i := range axes {
		axes[i] = i
	}
	return axes
}

// Channelwise gives a [channels] value the rank of x: [1, ..., channels].
func Channelwise(x, perChannel *Node) *Node {
	dims := make([]int, x.Rank())
	for i := range dims {
		dims[i] = 1
	}
	dims[x.Rank()-1] = perChannel.Shape().Dim(0)
	return Reshape(perChannel, dims...)
}
