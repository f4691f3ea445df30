package bijector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// Layer is a bijector with the name of its scope, so that a checkpoint's variables and the doctor's report can be
// read: "scale0_coupling1". A name is not empty, has no slash, and is neither "." nor "..".
type Layer struct {
	Name string
	Bijector
}

// Chain applies its layers one after the other; log-determinants add up (Dinh et al. 2016, section 3.5, eq. 10-12).
// Each layer keeps its variables in a sub-scope with its name; names must differ within a chain. An empty one is the
// identity.
type Chain []Layer

// Forward applies the layers first to last. What goes wrong in one is said with its name.
func (ch Chain) Forward(c *Context, x *Node) (z, logDet *Node) {
	logDet = zeroLogDet(x)
	ch.check()
	for _, layer := range ch {
		var ld *Node
		x, ld = layer.apply(layer.Forward, c, x)
		logDet = Add(logDet, ld)
	}
	return x, logDet
}

// Inverse applies the layers' inverses last to first.
func (ch Chain) Inverse(c *Context, z *Node) (x, logDet *Node) {
	logDet = zeroLogDet(z)
	ch.check()
	for _, layer := range slices.Backward(ch) {
		var ld *Node
		z, ld = layer.apply(layer.Inverse, c, z)
		logDet = Add(logDet, ld)
	}
	return z, logDet
}

// apply is one of the layer's two maps. What goes wrong in it is said with the layer's name.
func (l Layer) apply(f func(c *Context, in *Node) (out, logDet *Node), c *Context, in *Node) (out, logDet *Node) {
	defer param.Named(fmt.Sprintf("layer %q", l.Name))
	out, logDet = f(c.In(l.Name), in)
	if out == nil || logDet == nil {
		panicf("a %T gives no output or no log-determinant", l.Bijector)
	}
	if want := shapes.Make(in.DType(), in.Shape().Dim(0)); !logDet.Shape().Equal(want) || out.DType() != in.DType() {
		panicf("a %T makes of %s an output of %s with a log-determinant of %s; it has to keep the type, and give one number a sample, %s",
			l.Bijector, in.Shape(), out.Shape(), logDet.Shape(), want)
	}
	return out, logDet
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
		case layer.Name == "" || layer.Name == "." || layer.Name == ".." || strings.Contains(layer.Name, "/"):
			panicf("layer %d of a chain is named %q; a name is the scope of the layer's parameters: not empty, not a dot or two, and without a slash", i, layer.Name)
		case seen[layer.Name]:
			panicf("two layers of a chain are named %q and would share their parameters; name each differently", layer.Name)
		}
		seen[layer.Name] = true
	}
}
