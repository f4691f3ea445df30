package bugs

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

// couplings are the bugs of the coupling layers.
func couplings() []Bug {
	return []Bug{
		{
			Name: "mask-wrong-in-log-det", Title: "mask·s for (1−mask)·s in the log-determinant",
			Symptom: "The loss falls on and on, far below what any model reaches.",
			Cause:   "The log-determinant adds up s where the coupling passes x unchanged, in place of where it stretches. s there does nothing to z, so making it large is free reward.",
			Fix:     "log|det J| = Σ (1−mask)·s: only what is transformed counts.",
			Check:   doctor.CheckLogDet,
			Layer:   inLayers(func(right *bijector.Coupling) bijector.Bijector { return maskedLogDet{right} }),
			Twins:   []Twin{{"bijector/coupling.go", "Coupling.logDet", "maskedLogDet.logDet"}},
		},
		{
			Name: "tanh-without-scale", Title: "s = tanh(net), without a learned factor",
			Symptom: "In two dimensions the loss is wild from the first step, and may end in NaN.",
			Cause:   "An untrained net gives s of any sign up to ±1. Thirty couplings in a row then stretch by up to e³⁰ before anything has been learned.",
			Fix:     "s = scale·tanh(net) with a learned scale that starts at 0 (or small): depth then costs nothing at the start.",
			Check:   doctor.CheckStart,
			Layer:   inAffine(func(right transform.Affine) transform.Transform { return unscaledTanh{right} }),
			Twins:   []Twin{{"transform/affine.go", "Affine.ScaleTranslate", "unscaledTanh.ScaleTranslate"}},
		},
		{
			Name: "scales-start-at-one", Title: "The factors of s and t start at one",
			Symptom: "The first losses are huge, and the first steps go into undoing the start.",
			Cause:   "With factors of 1 every coupling of an untrained flow stretches and shifts at random; errors multiply with depth.",
			Fix:     "Start the factors of s and t, and t's shift, at 0: the flow starts as the identity.",
			Check:   doctor.CheckStart,
			Layer: inAffine(func(right transform.Affine) transform.Transform {
				right.ScaleStart, right.ShiftStart = param.AtOne, param.AtOne
				return right
			}),
		},
	}
}

// inAffine makes a Bug.Layer that changes the affine transforms of couplings.
func inAffine(wrong func(transform.Affine) transform.Transform) func(string, bijector.Bijector) bijector.Bijector {
	return inLayers(func(right *bijector.Coupling) bijector.Bijector {
		affine, ok := right.Transform.(transform.Affine)
		if !ok {
			return right
		}
		changed := *right
		changed.Transform = wrong(affine)
		return &changed
	})
}

// maskedLogDet is a coupling whose log-determinant is Σ mask·s.
type maskedLogDet struct{ *bijector.Coupling }

// Forward is the right coupling's, but for logDet.
func (cp maskedLogDet) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	y, logSlope := cp.Transform.Forward(c, x, cp.Theta(c, x))
	return cp.keep(x, y), cp.logDet(logSlope)
}

// Inverse is the right coupling's, but for logDet.
func (cp maskedLogDet) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	y, logSlope := cp.Transform.Inverse(c, z, cp.Theta(c, z))
	return cp.keep(z, y), cp.logDet(logSlope)
}

func (cp maskedLogDet) keep(x, y *Node) *Node {
	mask := cp.Mask.Node(x)
	return Add(Mul(mask, x), Mul(OneMinus(mask), y))
}

func (cp maskedLogDet) logDet(logSlope *Node) *Node {
	return sumPerSample(Mul(cp.Mask.Node(logSlope), logSlope))
}

// unscaledTanh is an affine transform whose s is the bare tanh.
type unscaledTanh struct{ transform.Affine }

// Forward is the right transform's, but for s.
func (a unscaledTanh) Forward(c *bijector.Context, x *Node, theta transform.Theta) (y, logSlope *Node) {
	s, t := a.ScaleTranslate(c, x, theta)
	return Add(Mul(x, Exp(s)), t), s
}

// Inverse is the right transform's, but for s.
func (a unscaledTanh) Inverse(c *bijector.Context, y *Node, theta transform.Theta) (x, logSlope *Node) {
	s, t := a.ScaleTranslate(c, y, theta)
	return Mul(Sub(y, t), Exp(Neg(s))), Neg(s)
}

// ScaleTranslate is the right transform's, but for s.
func (a unscaledTanh) ScaleTranslate(c *bijector.Context, x *Node, theta transform.Theta) (s, t *Node) {
	if theta.Len() != 2 {
		panicf("affine takes 2 numbers for each element, got %d", theta.Len())
	}
	rawS, rawT := theta.At(0), theta.At(1)
	s = Tanh(rawS)
	switch a.Translation {
	case transform.AffineTranslation:
		t = Add(Mul(a.perElement(c, x, "t_scale"), rawT), a.perElement(c, x, "t_shift"))
	case transform.TanhTranslation:
		t = Tanh(rawT)
	case transform.RawTranslation:
		t = rawT
	default:
		panicf("unknown translation %q; there are \"\" (affine), %q and %q", string(a.Translation), transform.TanhTranslation, transform.RawTranslation)
	}
	return s, t
}

func (a unscaledTanh) perElement(c *bijector.Context, x *Node, name string) *Node {
	return InsertAxes(c.Value(x, name, a.ShiftStart.Init(), x.Shape().Dimensions[1:]...), 0)
}

func panicf(format string, args ...any) { panic(fmt.Errorf("bugs: "+format, args...)) }
