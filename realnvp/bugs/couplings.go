package bugs

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
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
				wrong := *right
				wrong.Scale.Init = bijector.InitOne
				return frozenScale{&wrong}
			}),
		},
		{
			Name: "scales-start-at-one", Title: "The factors of s and t start at one",
			Symptom: "The first losses are huge, and the first steps go into undoing the start.",
			Cause:   "With factors of 1 every coupling of an untrained flow stretches and shifts at random; errors multiply with depth.",
			Fix:     "Start the factors of s and t, and t's shift, at 0: the flow starts as the identity.",
			Check:   doctor.CheckStart,
			Layer: inLayers(func(right *bijector.Coupling) bijector.Bijector {
				wrong := *right
				wrong.Scale.Init = bijector.InitOne
				return startsAtOne{&wrong}
			}),
		},
	}
}

// maskedLogDet is a right coupling but for its log-determinant: Σ mask·s, with the s that its net gives there.
type maskedLogDet struct{ *bijector.Coupling }

// Forward maps as the right coupling does.
func (m maskedLogDet) Forward(s *model.Scope, x *Node) (z, logDet *Node) {
	z, _ = m.Coupling.Forward(s, x)
	return z, perSample(m.keptS(s, x))
}

// Inverse maps as the right coupling does.
func (m maskedLogDet) Inverse(s *model.Scope, z *Node) (x, logDet *Node) {
	x, _ = m.Coupling.Inverse(s, z)
	return x, Neg(perSample(m.keptS(s, z)))
}

// keptS is s where the mask is 1: that of a coupling with the opposite mask whose net still sees mask·x.
func (m maskedLogDet) keptS(s *model.Scope, x *Node) *Node {
	opposite := *m.Coupling
	opposite.Mask.Values = make([]float64, len(m.Mask.Values))
	for i, v := range m.Mask.Values {
		opposite.Mask.Values[i] = 1 - v
	}
	opposite.Net = onKept{m.Net, Mul(m.Mask.Node(x), x)}
	scale, _ := opposite.ScaleTranslate(s, x)
	return scale
}

// onKept is a net that sees kept, whatever it is given.
type onKept struct {
	bijector.Conditioner
	kept *Node
}

// Condition ignores what it is given.
func (o onKept) Condition(s *model.Scope, _ *Node) (rawS, rawT *Node) {
	return o.Conditioner.Condition(s, o.kept)
}

// frozenScale is a coupling whose factor of s stays where it starts.
type frozenScale struct{ *bijector.Coupling }

// Forward is the coupling's.
func (f frozenScale) Forward(s *model.Scope, x *Node) (z, logDet *Node) {
	defer f.freeze(s)
	return f.Coupling.Forward(s, x)
}

// Inverse is the coupling's.
func (f frozenScale) Inverse(s *model.Scope, z *Node) (x, logDet *Node) {
	defer f.freeze(s)
	return f.Coupling.Inverse(s, z)
}

func (f frozenScale) freeze(s *model.Scope) {
	if v := s.GetVariable("s_scale"); v != nil {
		v.SetTrainable(false)
	}
}

// startsAtOne is a coupling that makes t's parameters before the right one does, and at 1.
type startsAtOne struct{ *bijector.Coupling }

// Forward is the coupling's.
func (o startsAtOne) Forward(s *model.Scope, x *Node) (z, logDet *Node) {
	o.start(s, x)
	return o.Coupling.Forward(s, x)
}

// Inverse is the coupling's.
func (o startsAtOne) Inverse(s *model.Scope, z *Node) (x, logDet *Node) {
	o.start(s, z)
	return o.Coupling.Inverse(s, z)
}

// ScaleTranslate is the coupling's.
func (o startsAtOne) ScaleTranslate(s *model.Scope, x *Node) (scale, translate *Node) {
	o.start(s, x)
	return o.Coupling.ScaleTranslate(s, x)
}

func (o startsAtOne) start(s *model.Scope, x *Node) {
	if o.Translation != bijector.AffineTranslation {
		return
	}
	shape := shapes.Make(x.DType(), x.Shape().Dimensions[1:]...)
	for _, name := range []string{"t_scale", "t_shift"} {
		bijector.Variable(s, x.Graph(), name, shape, bijector.InitOne)
	}
}
