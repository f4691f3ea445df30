package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Layer is a bijector with the name of its scope, so that a checkpoint's variables and the doctor's report can be
// read: "scale0_coupling1".
type Layer struct {
	Name string
	Bijector
}

// Chain applies its layers one after the other; log-determinants add up (Dinh et al. 2016, eq. 6).
// Each layer keeps its variables in a sub-scope with its name; names must differ within a chain.
type Chain []Layer

// Forward applies the layers first to last.
func (c Chain) Forward(s *model.Scope, x *Node) (z, logDet *Node) {
	logDet = zeroLogDet(x)
	for _, layer := range c {
		var ld *Node
		x, ld = layer.Forward(s.At("%s", layer.Name), x)
		logDet = Add(logDet, ld)
	}
	return x, logDet
}

// Inverse applies the layers' inverses last to first.
func (c Chain) Inverse(s *model.Scope, z *Node) (x, logDet *Node) {
	logDet = zeroLogDet(z)
	for i := len(c) - 1; i >= 0; i-- {
		var ld *Node
		z, ld = c[i].Inverse(s.At("%s", c[i].Name), z)
		logDet = Add(logDet, ld)
	}
	return z, logDet
}
