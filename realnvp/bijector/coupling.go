package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

// Coupling passes the numbers where its mask b is 1 unchanged, and puts the others through an elementwise transform
// whose numbers θ its net computes from those kept (Dinh et al. 2016, section 3.4, eq. 9):
//
//	z = b⊙x + (1−b)⊙f(x; θ(b⊙x)),  log|det J| = Σ (1−b)⊙log|f′|
//
// With transform.Affine that is Real NVP's x⊙exp(s) + t, and log|f′| is s (eq. 6). Shapes: any [batch, ...] that fits
// Mask.
type Coupling struct {
	// Mask is b, of the shape of one sample: 1 passes unchanged.
	Mask Mask
	// Net computes the transform's numbers from b⊙x. It has to be given, as has Transform.
	Net net.Net
	// Transform is f.
	Transform transform.Transform
	// PaperInput shows the net concat(b⊙x, −b⊙x, b), as the published code of Dinh et al. does, so that a masked zero
	// differs from a zero.
	PaperInput bool
}

// Forward maps x to z; see Coupling. Where the transform is affine, s and t are 0 where the mask is 1: z = x⊙exp(s) + t,
// which costs a training less than to choose between x and f(x).
func (cp *Coupling) Forward(c *Context, x *Node) (z, logDet *Node) {
	if cp.affine() {
		s, t := cp.ScaleTranslate(c, x)
		return Add(Mul(x, Exp(s)), t), cp.logDet(s)
	}
	y, logSlope := cp.Transform.Forward(c, x, cp.Theta(c, x))
	cp.check(x, y, logSlope)
	return cp.keep(x, y), cp.logDet(logSlope)
}

// Inverse maps z to x = b⊙z + (1−b)⊙f⁻¹(z; θ(b⊙z)) (of an affine transform eq. 8): θ sees b⊙z, which is b⊙x.
func (cp *Coupling) Inverse(c *Context, z *Node) (x, logDet *Node) {
	if cp.affine() {
		s, t := cp.ScaleTranslate(c, z)
		return Mul(Sub(z, t), Exp(Neg(s))), cp.logDet(Neg(s))
	}
	y, logSlope := cp.Transform.Inverse(c, z, cp.Theta(c, z))
	cp.check(z, y, logSlope)
	return cp.keep(z, y), cp.logDet(logSlope)
}

func (cp *Coupling) affine() bool {
	_, yes := cp.Transform.(transform.ScaleTranslator)
	return yes
}

// Theta computes the transform's numbers from x or from z, [batch, ...]: both have the same b⊙x. Each is of x's
// shape; where the mask is 1 nothing uses it.
func (cp *Coupling) Theta(c *Context, x *Node) param.Theta {
	if cp.Net == nil || cp.Transform == nil {
		panicf("coupling %s has no Net or no Transform; give it both, such as net.MLP and transform.Affine", c.Scope().Scope())
	}
	mask := cp.Mask.Node(x)
	kept := Mul(mask, x)
	if cp.PaperInput {
		kept = Concatenate([]*Node{kept, Neg(kept), BroadcastToDims(mask, x.Shape().Dimensions...)}, -1)
	}
	return net.Heads(cp.Net, c, kept, cp.Transform.Params(), x.Shape().Dim(-1))
}

// check refuses what a transform cannot have made of x: each number has one of its own, and one slope.
func (cp *Coupling) check(x, y, logSlope *Node) {
	if y == nil || logSlope == nil || !y.Shape().Equal(x.Shape()) || !logSlope.Shape().Equal(x.Shape()) {
		panicf("a %T of numbers of %s gives %s and log-slopes of %s; both have to be of that shape", cp.Transform, x.Shape(), param.ShapeOf(y), param.ShapeOf(logSlope))
	}
}

// keep puts the unchanged numbers of x back into y.
func (cp *Coupling) keep(x, y *Node) *Node {
	return Add(Mul(cp.Mask.Node(x), x), cp.free(y))
}

// logDet adds up the log-slopes of what is transformed: Σ (1−b)⊙log|f′|, [batch].
func (cp *Coupling) logDet(logSlope *Node) *Node { return sumPerSample(cp.free(logSlope)) }

// free is v where the mask is 0, and 0 where it is 1: (1−b)⊙v.
func (cp *Coupling) free(v *Node) *Node { return Mul(OneMinus(cp.Mask.Node(v)), v) }

// ScaleTranslate gives s and t of the affine map x·exp(s) + t that touches the coupling at x, each of x's shape and 0
// where the mask is 1: of an affine transform its s and t; of another s = log|f′| and t = f(x) − x·f′.
func (cp *Coupling) ScaleTranslate(c *Context, x *Node) (s, t *Node) {
	theta := cp.Theta(c, x)
	if affine, ok := cp.Transform.(transform.ScaleTranslator); ok {
		s, t = affine.ScaleTranslate(c, x, theta)
	} else {
		var y *Node
		y, s = cp.Transform.Forward(c, x, theta)
		t = Sub(y, Mul(x, Exp(s)))
	}
	return cp.free(s), cp.free(t)
}
