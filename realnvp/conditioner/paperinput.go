package conditioner

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// PaperInput shows its Net concat(x, −x, mask) instead of x, as the published code of Dinh et al. does, so that a
// masked zero differs from a zero.
type PaperInput struct {
	Mask bijector.Mask
	Net  Net
}

// Apply widens the input and runs Net: [batch, h, w, c] → [batch, h, w, out].
func (p PaperInput) Apply(s *model.Scope, x *Node, out int) *Node {
	mask := BroadcastToDims(p.Mask.Node(x), x.Shape().Dimensions...)
	return p.Net.Apply(s, Concatenate([]*Node{x, Neg(x), mask}, -1), out)
}
