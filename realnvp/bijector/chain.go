package bijector

import (
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// Layer is a bijector with the name of its scope, so that a checkpoint's variables and the doctor's report can be
// read: "scale0_coupling1".
type Layer struct {
	Name string
	Bijector
}

// Chain applies its layers one after the other; log-determinants add up (Dinh et al. 2016, eq. 10-12).
// Each layer keeps its variables in a sub-scope with its name; names must differ within a chain.
type Chain []Layer

// Forward applies the layers first to last.
func (ch Chain) Forward(c *Context, x *Node) (z, logDet *Node) {
	logDet = zeroLogDet(x)
	ch.check()
	for _, layer := range ch {
		var ld *Node
		x, ld = layer.Forward(c.In(layer.Name), x)
		logDet = Add(logDet, ld)
	}
	return x, logDet
}

// Inverse applies the layers' inverses last to first.
func (ch Chain) Inverse(c *Context, z *Node) (x, logDet *Node) {
	logDet = zeroLogDet(z)
	ch.check()
	for i := len(ch) - 1; i >= 0; i-- {
		var ld *Node
		z, ld = ch[i].Inverse(c.In(ch[i].Name), z)
		logDet = Add(logDet, ld)
	}
	return z, logDet
}

// Children are the layers themselves.
func (ch Chain) Children() []Layer { return ch }

// WithChildren is a chain of other layers.
func (ch Chain) WithChildren(children []Layer) Bijector { return Chain(children) }

// check refuses layers that would keep their parameters in one place, or nowhere.
func (ch Chain) check() {
	seen := map[string]bool{}
	for i, layer := range ch {
		switch {
		case layer.Bijector == nil:
			panicf("layer %d of a chain, %q, has no bijector", i, layer.Name)
		case layer.Name == "" || strings.Contains(layer.Name, "/"):
			panicf("layer %d of a chain is named %q; a name is the scope of the layer's parameters, not empty and without a slash", i, layer.Name)
		case seen[layer.Name]:
			panicf("two layers of a chain are named %q and would share their parameters; name each differently", layer.Name)
		}
		seen[layer.Name] = true
	}
}
