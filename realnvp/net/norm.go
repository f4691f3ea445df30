package net

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// Norm is the normalisation within a ResNet. Each adds 1e-5 to the variance. Empty means NoNorm.
type Norm string

const (
	// InstanceNorm normalises each channel of each sample over its positions (Ulyanov et al. 2016,
	// arXiv:1607.08022): biased variance, no affine part. The author's.
	InstanceNorm Norm = "instance"
	// NetBatchNorm normalises each channel over the batch and all positions, by running moments (momentum 0.1) in
	// evaluation. The paper's.
	NetBatchNorm Norm = "batch"
	// NoNorm leaves activations alone.
	NoNorm Norm = "none"
)

const normEpsilon = 1e-5

// Normalize applies the norm, [batch, h, w, channels] → the same; each call needs a scope of its own.
func (n Norm) Normalize(c *Context, x *Node) *Node {
	switch n {
	case InstanceNorm:
		mean := ReduceAndKeep(x, ReduceMean, 1, 2)
		centred := Sub(x, mean)
		variance := ReduceAndKeep(Square(centred), ReduceMean, 1, 2)
		return Div(centred, Sqrt(AddScalar(variance, normEpsilon)))
	case NetBatchNorm:
		mean, variance := param.Moments{Momentum: 0.1, ByBatch: true}.Normalizing(c, x)
		std := Sqrt(AddScalar(variance, normEpsilon))
		return Div(Sub(x, param.Channelwise(x, mean)), param.Channelwise(x, std))
	}
	return x
}
