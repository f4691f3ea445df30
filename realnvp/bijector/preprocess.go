package bijector

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// Scale is z = x/By, By above 0: pixels 0…256 to the unit interval with By = 255 (the author's MNIST, a little beyond
// 1) or 256. log|det J| = −D·log By: without it a negative log-likelihood is in the wrong unit.
type Scale struct{ By float64 }

// Forward divides by By.
func (p Scale) Forward(_ *Context, x *Node) (z, logDet *Node) {
	logBy := p.logBy()
	return DivScalar(x, p.By), constantLogDet(x, -float64(numElements(x))*logBy)
}

// Inverse multiplies by By.
func (p Scale) Inverse(_ *Context, z *Node) (x, logDet *Node) {
	return MulScalar(z, p.By), constantLogDet(z, float64(numElements(z))*p.logBy())
}

func (p Scale) logBy() float64 {
	if !(p.By > 0) {
		panicf("scale By %g is not above 0", p.By)
	}
	return math.Log(p.By)
}

// Logit is z = logit(Alpha + (1−2·Alpha)·x/Levels) for x in [0, Levels]: it undoes the bounds of pixels. Alpha is 0.05 as in Dinh
// et al. 2016, section 4.1; their text has α + (1−α)·x/256, which reaches 1; their published code and the author's
// article keep away from both ends, as this does. With p the logit's argument,
//
//	log|∂z/∂x| = log((1−2·Alpha)/Levels) − log p − log(1−p)   for each number.
//
// Outside 0 < p < 1 the density is zero: the log-determinant is −Inf there, and z is 0. With Alpha = 0 both ends of the
// pixels' range are outside.
type Logit struct {
	// Alpha keeps the argument within [Alpha, 1−Alpha]; in [0, 0.5).
	Alpha float64
	// Levels is the width of the range of x, above 0: 256 for pixels after uniform dequantization.
	Levels float64
}

// Forward maps pixels to the whole line; see Logit.
func (p Logit) Forward(_ *Context, x *Node) (z, logDet *Node) {
	slope := p.slope()
	prob := AddScalar(MulScalar(x, slope), p.Alpha)
	zero, one := ScalarZero(x.Graph(), x.DType()), ScalarOne(x.Graph(), x.DType())
	outside := LogicalOr(LessOrEqual(prob, zero), GreaterOrEqual(prob, one))
	prob = Where(outside, DivScalar(one, 2), prob) // a number whose gradient is finite
	logP, logQ := Log(prob), Log(OneMinus(prob))
	perElement := Where(outside, Infinity(x.Graph(), x.DType(), -1), Neg(Add(logP, logQ)))
	logDet = AddScalar(sumPerSample(perElement), float64(numElements(x))*math.Log(slope))
	return Sub(logP, logQ), logDet
}

// Inverse maps the line to pixels: x = (σ(z) − Alpha)/(1−2·Alpha)·Levels. A sample may fall outside [0, Levels].
func (p Logit) Inverse(_ *Context, z *Node) (x, logDet *Node) {
	slope := p.slope()
	x = DivScalar(AddScalar(Sigmoid(z), -p.Alpha), slope)
	// log σ(z) + log(1−σ(z)) = −softplus(−z) − softplus(z), which stays finite for large |z|.
	perElement := Neg(Add(Softplus(z), Softplus(Neg(z))))
	logDet = AddScalar(sumPerSample(perElement), -float64(numElements(z))*math.Log(slope))
	return x, logDet
}

// slope is that of the logit's argument: (1−2·Alpha)/Levels.
func (p Logit) slope() float64 {
	if !(p.Alpha >= 0 && p.Alpha < 0.5) || !(p.Levels > 0) {
		panicf("logit with alpha %g and levels %g: alpha is in [0, 0.5), levels are above 0", p.Alpha, p.Levels)
	}
	return (1 - 2*p.Alpha) / p.Levels
}
