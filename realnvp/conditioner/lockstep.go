package conditioner

import (
	"reflect"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// twin is a Net that can run twice on one input at less than twice the cost: with the variables of scope a, and with
// those of b.
type twin interface {
	applyTwice(a, b *model.Scope, x *Node, out int) (ya, yb *Node)
}

// twins gives p's nets as one twin where they are alike and can be.
func (p Pair) twins() (twin, bool) {
	both, ok := p.S.(twin)
	return both, ok && reflect.DeepEqual(p.S, p.T)
}

// applyTwice runs two MLPs as one of half as many, batched products. Activations are [2, width, batch], so that the
// batch, the long axis, lies in memory as one row.
func (m MLP) applyTwice(a, b *model.Scope, x *Node, out int) (ya, yb *Node) {
	g, dtype := x.Graph(), x.DType()
	x = withLabels(a, x)
	n, in := x.Shape().Dim(0), x.Shape().Dim(1)
	stacked := func(i int, name string, fanIn int, dims ...int) *Node {
		var both []*Node
		for _, s := range []*model.Scope{a, b} {
			v := bijector.Variable(s.At("layer%d", i), g, name, shapes.Make(dtype, dims...), fanInUniform(fanIn))
			both = append(both, InsertAxes(v, 0))
		}
		return Concatenate(both, 0)
	}
	h := TransposeAllAxes(x, 1, 0)
	for i, width := range append(append([]int(nil), m.Hidden...), out) {
		w := stacked(i, "w", in, in, width)
		if i == 0 {
			h = Dot(w, h).General([]int{1}, nil, []int{0}, nil)
		} else {
			h = Max(h, ScalarZero(g, dtype))
			h = Dot(w, h).General([]int{1}, []int{0}, []int{1}, []int{0})
		}
		h = Add(h, InsertAxes(stacked(i, "b", in, width), -1))
		in = width
	}
	one := func(i int) *Node { return TransposeAllAxes(Reshape(Slice(h, AxisElem(i)), out, n), 1, 0) }
	return one(0), one(1)
}

// applyTwice runs Net twice on the one feature.
func (o OneFeature) applyTwice(a, b *model.Scope, x *Node, out int) (ya, yb *Node) {
	seen := Slice(x, AxisRange(), AxisElem(o.Feature))
	spread := func(y *Node) *Node { return BroadcastToDims(y, x.Shape().Dim(0), out) }
	if both, ok := o.Net.(twin); ok {
		ya, yb = both.applyTwice(a, b, seen, 1)
	} else {
		ya, yb = o.Net.Apply(a, seen, 1), o.Net.Apply(b, seen, 1)
	}
	return spread(ya), spread(yb)
}
