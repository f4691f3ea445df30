package transform

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/param"
)

// Affine is the map of Real NVP, y = x·exp(s) + t (Dinh et al. 2016, eq. 5), of two numbers θ = (rawS, rawT) each:
//
//	s = scale·tanh(rawS),  t = t_scale·rawT + t_shift
//
// with a learned scale, t_scale and t_shift ("a hyperbolic tangent function multiplied by a learned scale, whereas the
// translation function t has an affine output", section 4.1). log|∂y/∂x| = s. Its zero value starts as the identity.
type Affine struct {
	// PerElement gives each number of a sample a scale of its own. Without it and PerChannel one scale is learned for
	// all, and t_scale and t_shift are one of each for each number.
	PerElement bool
	// PerChannel gives each channel one scale, one t_scale and one t_shift, the same at every position: each learns from
	// all positions of every sample, and so with far less noise than one number of each sample alone. Not with PerElement.
	PerChannel bool
	// ScaleStart is where the scale starts, before Gain and Bound; empty is 0, where s is 0.
	ScaleStart param.Start
	// Gain, where it is not zero, multiplies the scale: Adam, which moves every number by about the learning rate,
	// then moves s Gain times as fast. A short training of pixels, whose backgrounds want exp(s) in the hundreds,
	// needs it. 0 means 1.
	Gain float64
	// Bound, where it is above zero, keeps the scale itself within ±Bound, smoothly: Bound·tanh(scale/Bound). No
	// coupling can then stretch or squeeze by more than exp(Bound), on any input. 0 means no bound.
	Bound float64
	// Translation says how t comes from rawT; empty is AffineTranslation.
	Translation Translation
	// ShiftStart is where t_scale and t_shift start; empty is 0, where t is 0.
	ShiftStart param.Start
}

// Translation names how t comes from rawT.
type Translation string

// The translations.
const (
	// AffineTranslation is t = t_scale·rawT + t_shift, one of each for each number of a sample, or, with PerChannel,
	// for each channel.
	AffineTranslation Translation = ""
	// TanhTranslation is t = tanh(rawT), the 2D form of the article's author, Brian Keng.
	TanhTranslation Translation = "tanh"
	// RawTranslation is t = rawT.
	RawTranslation Translation = "raw"
)

// Params is 2: rawS and rawT.
func (a Affine) Params() int { return 2 }

// Bounded tells whether |s| is kept under a bound: whether Bound is set.
func (a Affine) Bounded() bool { return a.Bound > 0 }

// Forward is y = x·exp(s) + t, with logSlope = s (eq. 5 and 6).
func (a Affine) Forward(c *Context, x *Node, theta Theta) (y, logSlope *Node) {
	s, t := a.ScaleTranslate(c, x, theta)
	return Add(Mul(x, Exp(s)), t), s
}

// Inverse is x = (y − t)·exp(−s), with logSlope = −s (eq. 8).
func (a Affine) Inverse(c *Context, y *Node, theta Theta) (x, logSlope *Node) {
	s, t := a.ScaleTranslate(c, y, theta)
	return Mul(Sub(y, t), Exp(Neg(s))), Neg(s)
}

// ScaleTranslate gives s and t, each of x's shape.
func (a Affine) ScaleTranslate(c *Context, x *Node, theta Theta) (s, t *Node) {
	if theta.Len() != 2 {
		panicf("affine takes 2 numbers for each element, got %d", theta.Len())
	}
	rawS, rawT := theta.At(0), theta.At(1)
	s = Mul(a.scale(c, x), Tanh(rawS))
	switch a.Translation {
	case AffineTranslation:
		t = Add(Mul(a.learned(c, x, "t_scale", a.ShiftStart), rawT), a.learned(c, x, "t_shift", a.ShiftStart))
	case TanhTranslation:
		t = Tanh(rawT)
	case RawTranslation:
		t = rawT
	default:
		panicf("unknown translation %q; there are \"\" (affine), %q and %q", string(a.Translation), TanhTranslation, RawTranslation)
	}
	return s, t
}

// scale is the learned factor of the tanh.
func (a Affine) scale(c *Context, x *Node) *Node {
	if !(a.Bound >= 0) || math.IsInf(a.Bound, 0) || math.IsNaN(a.Gain) || math.IsInf(a.Gain, 0) {
		panicf("affine of bound %g and gain %g: the bound is 0 or above, and both are finite", a.Bound, a.Gain)
	}
	var scale *Node
	if a.PerElement || a.PerChannel {
		scale = a.learned(c, x, "s_scale", a.ScaleStart)
	} else {
		scale = c.Value(x, "s_scale", a.ScaleStart.Init())
	}
	if a.Gain != 0 {
		scale = MulScalar(scale, a.Gain)
	}
	if a.Bound > 0 {
		scale = MulScalar(Tanh(DivScalar(scale, a.Bound)), a.Bound)
	}
	return scale
}

// learned is a learned number for each number of a sample, or for each channel, to broadcast over x.
func (a Affine) learned(c *Context, x *Node, name string, start param.Start) *Node {
	dims := x.Shape().Dimensions[1:]
	if a.PerChannel {
		if a.PerElement {
			panicf("affine both per element and per channel; choose one")
		}
		dims = dims[len(dims)-1:]
	}
	return ExpandLeftToRank(c.Value(x, name, start.Init(), dims...), x.Rank())
}
