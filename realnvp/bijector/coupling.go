package bijector

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Conditioner computes the raw outputs of a coupling's two networks from the part that passes unchanged:
// kept is b⊙x, and both results have its shape. The coupling bounds and scales them into s and t.
type Conditioner interface {
	Condition(s *model.Scope, kept *Node) (rawS, rawT *Node)
}

// Coupling is the masked affine coupling of Dinh et al. 2016, eq. 9:
//
//	z = b⊙x + (1−b)⊙(x⊙exp(s(b⊙x)) + t(b⊙x)),  log|det J| = Σ (1−b)⊙s   (eq. 6)
//
// with s = scale⊙tanh(rawS) and, by Translation, t = t_scale⊙rawT + t_shift, tanh(rawT) or rawT.
// Shapes: any [batch, ...] that fits Mask.
type Coupling struct {
	// Mask is b: 1 passes unchanged.
	Mask Mask
	// Net computes the raw s and t from b⊙x.
	Net Conditioner
	// Scale says how many learned numbers multiply tanh(rawS), and where they start.
	Scale ScaleParam
	// Translation says how t comes from rawT.
	Translation Translation
}

// ScaleParam is the learned factor of the tanh that bounds s. It bounds |s| by itself.
type ScaleParam struct {
	// PerElement: one factor for each number of a sample; otherwise a single one.
	PerElement bool
	// Init is where the factor starts; nil is zero, so the coupling starts as the identity in s.
	Init Init
	// Gain, where it is not zero, multiplies the factor: Adam, which moves every number by about the learning rate,
	// then moves s Gain times as fast. A short training of pixels, whose backgrounds want exp(s) in the hundreds, needs it.
	Gain float64
	// Bound, where it is above zero, keeps the factor itself within ±Bound, smoothly: Bound·tanh(factor/Bound).
	// No coupling can then stretch or squeeze by more than exp(Bound), on any input.
	Bound float64
}

// Translation says how a coupling's t comes from the raw output of its network.
type Translation int

const (
	// AffineTranslation is t = t_scale⊙rawT + t_shift, per element, both starting at 0.
	AffineTranslation Translation = iota
	// TanhTranslation is t = tanh(rawT): the author's 2D form.
	TanhTranslation
	// RawTranslation is t = rawT.
	RawTranslation
)

// Forward maps x to z; see Coupling.
func (c *Coupling) Forward(sc *model.Scope, x *Node) (z, logDet *Node) {
	s, t := c.ScaleTranslate(sc, x)
	return Add(Mul(x, Exp(s)), t), sumPerSample(s)
}

// Inverse maps z to x = b⊙z + (1−b)⊙(z−t)⊙exp(−s) (eq. 8): s and t see b⊙z, which is b⊙x.
func (c *Coupling) Inverse(sc *model.Scope, z *Node) (x, logDet *Node) {
	s, t := c.ScaleTranslate(sc, z)
	return Mul(Sub(z, t), Exp(Neg(s))), Neg(sumPerSample(s))
}

// ScaleTranslate computes s and t, both already multiplied by (1−b), from x or from z: both have the same b⊙x.
func (c *Coupling) ScaleTranslate(sc *model.Scope, x *Node) (s, t *Node) {
	g := x.Graph()
	mask := c.Mask.Node(x)
	rawS, rawT := c.Net.Condition(sc, Mul(mask, x))
	free := OneMinus(mask)
	dims := x.Shape().Dimensions[1:]
	dtype := x.DType()

	scaleShape := shapes.Make(dtype)
	if c.Scale.PerElement {
		scaleShape = shapes.Make(dtype, dims...)
	}
	scale := Variable(sc, g, "s_scale", scaleShape, c.Scale.Init)
	if c.Scale.Gain != 0 {
		scale = MulScalar(scale, c.Scale.Gain)
	}
	if c.Scale.Bound > 0 {
		scale = MulScalar(Tanh(DivScalar(scale, c.Scale.Bound)), c.Scale.Bound)
	}
	s = Mul(Mul(expandBatch(scale), free), Tanh(rawS))

	switch c.Translation {
	case AffineTranslation:
		tScale := Variable(sc, g, "t_scale", shapes.Make(dtype, dims...), nil)
		tShift := Variable(sc, g, "t_shift", shapes.Make(dtype, dims...), nil)
		t = Add(Mul(Mul(expandBatch(tScale), free), rawT), Mul(expandBatch(tShift), free))
	case TanhTranslation:
		t = Mul(free, Tanh(rawT))
	case RawTranslation:
		t = Mul(free, rawT)
	default:
		panicf("unknown translation %d", c.Translation)
	}
	return s, t
}

// expandBatch gives a per-element parameter a batch axis of one; a scalar stays as it is.
func expandBatch(p *Node) *Node {
	if p.IsScalar() {
		return p
	}
	return InsertAxes(p, 0)
}
