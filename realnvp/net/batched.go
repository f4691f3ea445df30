package net

import (
	"reflect"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/internal/lower"
)

// batched runs both nets of a Pair as one where they are MLPs alike, at less than twice the cost of one (see
// lower.MLPs). nil where they are others.
func (p Pair) batched(c *Context, x *Node, out int) []*Node {
	if !lower.On() || !reflect.DeepEqual(p.S, p.T) {
		return nil
	}
	switch n := p.S.(type) {
	case MLP:
		x = WithGiven(c, x)
		return lower.MLPs(x, [][]lower.Dense{n.layers(c.In("s"), x, out), n.layers(c.In("t"), x, out)})
	case OneFeature:
		ys := Pair{n.Net, n.Net}.batched(c, n.seen(x), 1)
		for i, y := range ys {
			ys[i] = n.spread(y, out)
		}
		return ys
	}
	return nil
}
