package bugs

import (
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
		},
		{
			Name: "tanh-without-scale", Title: "s = tanh(net), without a learned factor",
			Symptom: "In two dimensions the loss is wild from the first step, and may end in NaN.",
			Cause:   "An untrained net gives s of any sign up to ±1. Thirty couplings in a row then stretch by up to e³⁰ before anything has been learned.",
			Fix:     "s = scale·tanh(net) with a learned scale that starts at 0 (or small): depth then costs nothing at the start.",
			Check:   doctor.CheckStart,
			Layer: inLayers(func(right *bijector.Coupling) bijector.Bijector {
				return frozenScale{withAffine(right, func(a *transform.Affine) { a.ScaleStart = param.AtOne })}
			}),
		},
		{
			Name: "scales-start-at-one", Title: "The factors of s and t start at one",
			Symptom: "The first losses are huge, and the first steps go into undoing the start.",
			Cause:   "With factors of 1 every coupling of an untrained flow stretches and shifts at random; errors multiply with depth.",
			Fix:     "Start the factors of s and t, and t's shift, at 0: the flow starts as the identity.",
			Check:   doctor.CheckStart,
			Layer: inLayers(func(right *bijector.Coupling) bijector.Bijector {
				return withAffine(right, func(a *transform.Affine) { a.ScaleStart, a.ShiftStart = param.AtOne, param.AtOne })
			}),
		},
	}
}

// maskedLogDet is a right coupling but for its log-determinant: Σ mask·s, with the s that its net gives there.
type maskedLogDet struct{ *bijector.Coupling }

// Forward maps as the right coupling does.
func (m maskedLogDet) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	z, _ = m.Coupling.Forward(c, x)
	_, s := m.Transform.Forward(c, x, m.Theta(c, x))
	return z, perSample(Mul(m.Mask.Node(x), s))
}

// Inverse maps as the right coupling does.
func (m maskedLogDet) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	x, _ = m.Coupling.Inverse(c, z)
	_, s := m.Transform.Inverse(c, z, m.Theta(c, z))
	return x, perSample(Mul(m.Mask.Node(z), s))
}

// frozenScale is a coupling whose factor of s stays where it starts.
type frozenScale struct{ *bijector.Coupling }

// Forward is the coupling's.
func (f frozenScale) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	defer f.freeze(c)
	return f.Coupling.Forward(c, x)
}

// Inverse is the coupling's.
func (f frozenScale) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	defer f.freeze(c)
	return f.Coupling.Inverse(c, z)
}

func (f frozenScale) freeze(c *bijector.Context) {
	if v := c.Scope().GetVariable("s_scale"); v != nil {
		v.SetTrainable(false)
	}
}

// withAffine is a coupling with another affine transform; one that has another transform stays as it is.
func withAffine(right *bijector.Coupling, change func(a *transform.Affine)) *bijector.Coupling {
	affine, ok := right.Transform.(transform.Affine)
	if !ok {
		return right
	}
	change(&affine)
	wrong := *right
	wrong.Transform = affine
	return &wrong
}
