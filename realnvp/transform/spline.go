package transform

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// Spline is the monotone rational-quadratic spline of Durkan et al. 2019 (arXiv:1906.04032, section 3.1) with Bins bins
// over [−Bound, Bound], and the identity outside ("linear tails"): the slope at both ends is 1. Each number takes
// 3·Bins − 1 numbers θ: Bins widths and Bins heights, made positive by a softmax, and the Bins − 1 slopes at the inner
// knots, by a softplus. θ = 0 is the identity.
//
// With ξ = (x − x_k)/w in the bin k of width w, height h and mean slope s = h/w, and with slopes d₀ and d₁ at its ends,
//
//	y = y_k + h·(s·ξ² + d₀·ξ(1−ξ)) / (s + (d₀ + d₁ − 2s)·ξ(1−ξ))
//	∂y/∂x = s²·(d₁·ξ² + 2s·ξ(1−ξ) + d₀·(1−ξ)²) / (s + (d₀ + d₁ − 2s)·ξ(1−ξ))²
type Spline struct {
	// Bins is the number of bins, 2 to 128; the paper's 8 or more.
	Bins int
	// Bound is half the width of the square that the bins cover, in the unit of x; 0 means 4 (of standardised data,
	// nearly all).
	Bound float64
}

// No bin is narrower or lower than a thousandth of the whole, and no slope under a thousandth, as in the paper's code.
const least = 1e-3

// Params is 3·Bins − 1.
func (sp Spline) Params() int {
	if sp.Bins < 2 || sp.Bins > 128 {
		panicf("spline of %d bins; it has 2 to 128", sp.Bins)
	}
	return 3*sp.Bins - 1
}

// Bounded is true: outside the bins the slope is 1.
func (sp Spline) Bounded() bool { return true }

// Forward maps x by the spline, element by element.
func (sp Spline) Forward(_ *Context, x *Node, theta Theta) (y, logSlope *Node) {
	k := sp.knots(theta)
	inside, clipped := k.clip(x)
	b := k.bin(clipped, k.x)

	xi := Div(Sub(clipped, b.x), b.w)
	between := Mul(xi, OneMinus(xi))
	below := Add(b.s, Mul(b.bend(), between))
	y = Add(b.y, Div(Mul(b.h, Add(Mul(b.s, Square(xi)), Mul(b.d0, between))), below))
	return Where(inside, y, x), Where(inside, b.logSlope(xi), ZerosLike(x))
}

// Inverse solves the map for ξ, the root of a quadratic in each bin (Durkan et al. 2019, section 3.1).
func (sp Spline) Inverse(_ *Context, y *Node, theta Theta) (x, logSlope *Node) {
	k := sp.knots(theta)
	inside, clipped := k.clip(y)
	b := k.bin(clipped, k.y)

	up := Sub(clipped, b.y)
	qa := Add(Mul(b.h, Sub(b.s, b.d0)), Mul(up, b.bend()))
	qb := Sub(Mul(b.h, b.d0), Mul(up, b.bend()))
	qc := Neg(Mul(b.s, up))
	root := Sqrt(Max(Sub(Square(qb), MulScalar(Mul(qa, qc), 4)), ZerosLike(y)))
	xi := Div(MulScalar(qc, 2), Neg(Add(qb, root)))
	x = Add(b.x, Mul(xi, b.w))
	return Where(inside, x, y), Where(inside, Neg(b.logSlope(xi)), ZerosLike(y))
}

// knots are the places x and y and the slopes d of the Bins+1 knots, each [Bins+1, batch, ...].
type knots struct {
	bound   float64
	x, y, d *Node
}

func (sp Spline) knots(theta Theta) knots {
	if theta.Len() != sp.Params() {
		panicf("a spline of %d bins takes %d numbers for each element, got %d", sp.Bins, sp.Params(), theta.Len())
	}
	bound := sp.Bound
	if bound == 0 {
		bound = 4
	}
	if !(bound > 0) || math.IsInf(bound, 1) {
		panicf("a spline's bound of %g; it is above 0 and finite", bound)
	}
	raw := theta.Stack()
	part := func(from, to int) *Node { return Slice(raw, AxisRange(from, to)) }
	slopes := AddScalar(Softplus(AddScalar(part(2*sp.Bins, 3*sp.Bins-1), softplusOne)), least)
	end := OnesLike(part(0, 1))
	return knots{bound, sp.places(part(0, sp.Bins), bound), sp.places(part(sp.Bins, 2*sp.Bins), bound), Concatenate([]*Node{end, slopes, end}, 0)}
}

// softplusOne is where softplus and the least slope make 1.
var softplusOne = math.Log(math.Expm1(1 - least))

// places are the knots that lie the softmax of raw apart, from −bound to bound.
func (sp Spline) places(raw *Node, bound float64) *Node {
	share := AddScalar(MulScalar(Softmax(raw, 0), 1-least*float64(sp.Bins)), least)
	one := OnesLike(Slice(raw, AxisRange(0, 1)))
	at := []*Node{MulScalar(one, -bound)}
	sum := ZerosLike(at[0])
	for i := range sp.Bins - 1 {
		sum = Add(sum, Slice(share, AxisRange(i, i+1)))
		at = append(at, AddScalar(MulScalar(sum, 2*bound), -bound))
	}
	return Concatenate(append(at, MulScalar(one, bound)), 0)
}

// clip tells where v is within the bins, and keeps it there.
func (k knots) clip(v *Node) (inside, clipped *Node) {
	limit := Scalar(v.Graph(), v.DType(), k.bound)
	inside = LessThan(Abs(v), limit)
	return inside, Where(inside, v, ZerosLike(v))
}

// bin is the bin that each number lies in: its corner, width, height, mean slope, and slopes at its ends.
type bin struct{ x, y, w, h, s, d0, d1 *Node }

// bin finds the bin of v among the knots at places, k.x or k.y.
func (k knots) bin(v, places *Node) bin {
	bins := places.Shape().Dim(0) - 1
	lower := func(n *Node) *Node { return Slice(n, AxisRange(0, bins)) }
	upper := func(n *Node) *Node { return Slice(n, AxisRange(1, bins+1)) }
	each := BroadcastToDims(InsertAxes(v, 0), lower(places).Shape().Dimensions...)
	in := LogicalAnd(GreaterOrEqual(each, lower(places)), LessThan(each, upper(places)))
	pick := func(n *Node) *Node { return ReduceSum(Where(in, n, ZerosLike(n)), 0) }
	b := bin{x: pick(lower(k.x)), y: pick(lower(k.y)), d0: pick(lower(k.d)), d1: pick(upper(k.d))}
	b.w, b.h = Sub(pick(upper(k.x)), b.x), Sub(pick(upper(k.y)), b.y)
	b.s = Div(b.h, b.w)
	return b
}

// bend is d₀ + d₁ − 2s.
func (b bin) bend() *Node { return Sub(Add(b.d0, b.d1), MulScalar(b.s, 2)) }

// logSlope is the logarithm of the slope ∂y/∂x.
func (b bin) logSlope(xi *Node) *Node {
	between := Mul(xi, OneMinus(xi))
	above := Add(Add(Mul(b.d1, Square(xi)), MulScalar(Mul(b.s, between), 2)), Mul(b.d0, Square(OneMinus(xi))))
	below := Add(b.s, Mul(b.bend(), between))
	return Add(MulScalar(Log(b.s), 2), Sub(Log(above), MulScalar(Log(below), 2)))
}
