package conditioner

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// Norm is the normalisation within a ResNet.
type Norm string

const (
	// InstanceNorm normalises each channel of each sample over its positions (Ulyanov et al. 2016,
	// arXiv:1607.08022): biased variance, no affine part. The author's.
	InstanceNorm Norm = "instance"
	// NetBatchNorm normalises each channel over the batch and all positions, by running moments in evaluation.
	// The paper's.
	NetBatchNorm Norm = "batch"
	// NoNorm leaves activations alone.
	NoNorm Norm = "none"
)

const normEpsilon = 1e-5

// Normalize applies the norm; each call needs a scope of its own.
func (n Norm) Normalize(s *model.Scope, x *Node) *Node {
	switch n {
	case InstanceNorm:
		mean := ReduceAndKeep(x, ReduceMean, 1, 2)
		centred := Sub(x, mean)
		variance := ReduceAndKeep(Square(centred), ReduceMean, 1, 2)
		return Div(centred, Sqrt(AddScalar(variance, normEpsilon)))
	case NetBatchNorm:
		norm := bijector.BatchNorm{Momentum: 0.1, Epsilon: normEpsilon, ByBatch: true}
		z, _ := norm.Forward(s, x)
		return z
	}
	return x
}
