package lower

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Dense is a layer of an MLP: x@W + B, W of shape [in, out], B of shape [out].
type Dense struct{ W, B *Node }

// MLPs runs MLPs of the same widths on one x, [batch, in] → [batch, out] each, with ReLU between their layers: nets[k]
// are the layers of the k-th. It is one MLP of batched products, fewer than the nets have. Activations are
// [nets, width, batch], so that the batch, the long axis, lies in memory as one row.
func MLPs(x *Node, nets [][]Dense) []*Node {
	g, n := x.Graph(), x.Shape().Dim(0)
	stacked := func(layer int, pick func(d Dense) *Node) *Node {
		all := make([]*Node, len(nets))
		for k, net := range nets {
			all[k] = InsertAxes(pick(net[layer]), 0)
		}
		return Concatenate(all, 0)
	}
	h := TransposeAllAxes(x, 1, 0)
	for i := range nets[0] {
		w := stacked(i, func(d Dense) *Node { return d.W })
		if i == 0 {
			h = Dot(w, h).General([]int{1}, nil, []int{0}, nil)
		} else {
			h = Max(h, ScalarZero(g, x.DType()))
			h = Dot(w, h).General([]int{1}, []int{0}, []int{1}, []int{0})
		}
		h = Add(h, InsertAxes(stacked(i, func(d Dense) *Node { return d.B }), -1))
	}
	out := h.Shape().Dim(1)
	ys := make([]*Node, len(nets))
	for k := range ys {
		ys[k] = TransposeAllAxes(Reshape(Slice(h, AxisElem(k)), out, n), 1, 0)
	}
	return ys
}
