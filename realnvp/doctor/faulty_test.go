package doctor_test

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
)

// faulty is a bijector with either way changed.
type faulty struct {
	bijector.Bijector
	forward, inverse func(c *bijector.Context, x, z, logDet *Node) (*Node, *Node)
}

func (f faulty) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	z, logDet = f.Bijector.Forward(c, x)
	if f.forward != nil {
		return f.forward(c, x, z, logDet)
	}
	return z, logDet
}

func (f faulty) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	x, logDet = f.Bijector.Inverse(c, z)
	if f.inverse != nil {
		return f.inverse(c, z, x, logDet)
	}
	return x, logDet
}

func (f faulty) Unwrap() bijector.Bijector { return f.Bijector }

// both changes both ways alike.
func both(fn func(c *bijector.Context, in, out, logDet *Node) (*Node, *Node)) func(b bijector.Bijector) bijector.Bijector {
	return func(b bijector.Bijector) bijector.Bijector { return faulty{b, fn, fn} }
}

func forwardOnly(fn func(c *bijector.Context, in, out, logDet *Node) (*Node, *Node)) func(b bijector.Bijector) bijector.Bijector {
	return func(b bijector.Bijector) bijector.Bijector { return faulty{b, fn, nil} }
}

func inverseOnly(fn func(c *bijector.Context, in, out, logDet *Node) (*Node, *Node)) func(b bijector.Bijector) bijector.Bijector {
	return func(b bijector.Bijector) bijector.Bijector { return faulty{b, nil, fn} }
}

// seesAll is a coupling whose nets see x, not b⊙x.
type seesAll struct{ *bijector.Coupling }

func (cp seesAll) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	mask := cp.Mask.Node(x)
	raw := net.Heads(cp.Net, c, x, 2, x.Shape().Dim(-1)).At(0)
	scale := Mul(Tanh(raw), OneMinus(mask))
	return Mul(x, Exp(scale)), ReduceSum(scale, 1)
}

func (cp seesAll) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	mask := cp.Mask.Node(z)
	raw := net.Heads(cp.Net, c, z, 2, z.Shape().Dim(-1)).At(0)
	scale := Mul(Tanh(raw), OneMinus(mask))
	return Mul(z, Exp(Neg(scale))), Neg(ReduceSum(scale, 1))
}

// trainsInEvaluation moves its running moments whatever the mode.
type trainsInEvaluation struct{ bijector.Bijector }

func (b trainsInEvaluation) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	return b.Bijector.Forward(c.InTraining(), x)
}

// byBatch normalises by the batch whatever the mode, and forgets how to come back.
type byBatch struct{}

func (byBatch) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	mean := ReduceAndKeep(x, ReduceMean, 0)
	return Sub(x, mean), ReduceSum(ZerosLike(x), 1)
}

func (byBatch) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	return z, ReduceSum(ZerosLike(z), 1)
}

// loses is the identity by way of tanh and its inverse, which far from 0 leaves a float32 few digits.
type loses struct{}

func (loses) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	t := Tanh(MulScalar(x, 2.7))
	return DivScalar(Log(Div(OnePlus(t), OneMinus(t))), 5.4), ReduceSum(ZerosLike(x), 1)
}

func (loses) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	return z, ReduceSum(ZerosLike(z), 1)
}

// turns rotates the plane by 45°: neither elementwise nor a permutation.
type turns struct{}

func (turns) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	return MulScalar(Add(x, signed(x, 1)), math.Sqrt2/2), ReduceSum(ZerosLike(x), 1)
}

func (turns) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	return MulScalar(Add(z, signed(z, -1)), math.Sqrt2/2), ReduceSum(ZerosLike(z), 1)
}

// signed is (sign·b, −sign·a) of (a, b).
func signed(x *Node, sign float64) *Node {
	a, b := Slice(x, AxisRange(), AxisRange(0, 1)), Slice(x, AxisRange(), AxisRange(1, 2))
	return Concatenate([]*Node{MulScalar(b, sign), MulScalar(a, -sign)}, 1)
}

// reverses is a permutation by an operation that has no gradient in GoMLX.
type reverses struct{}

func (reverses) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	return Reverse(x, -1), ReduceSum(ZerosLike(x), 1)
}

func (r reverses) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) { return r.Forward(c, z) }

// growing is a coupling whose s grows with the square of what it sees, without bound.
type growing struct{ bijector.Mask }

func (c growing) scale(x *Node) *Node {
	mask := c.Mask.Node(x)
	return Mul(MulScalar(ReduceAndKeep(Square(Mul(x, mask)), ReduceSum, 1), 0.1), OneMinus(mask))
}

func (c growing) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	s := c.scale(x)
	return Mul(x, Exp(s)), ReduceSum(s, 1)
}

func (c growing) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	s := c.scale(z)
	return Mul(z, Exp(Neg(s))), Neg(ReduceSum(s, 1))
}

// appended is a chain with one more layer.
func appended(flow bijector.Bijector, name string, b bijector.Bijector) bijector.Bijector {
	chain := flow.(bijector.Chain)
	return append(chain[:len(chain):len(chain)], bijector.Layer{Name: name, Bijector: b})
}
