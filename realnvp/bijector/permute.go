package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Flip reverses the features of [batch, features] (or the channels of an image), so that the next coupling
// transforms what the last one kept. A permutation, and its own inverse: its log-determinant is zero.
type Flip struct{}

// Forward reverses the last axis.
func (Flip) Forward(_ *model.Scope, x *Node) (z, logDet *Node) {
	return Reverse(x, -1), zeroLogDet(x)
}

// Inverse reverses the last axis.
func (Flip) Inverse(_ *model.Scope, z *Node) (x, logDet *Node) {
	return Reverse(z, -1), zeroLogDet(z)
}
