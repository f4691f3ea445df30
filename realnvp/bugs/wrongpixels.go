package bugs

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/bijector"
)

// unitless is a bijector.Scale without its log-determinant.
type unitless struct{ bijector.Scale }

// Forward divides by By.
func (p unitless) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	return DivScalar(x, p.By), constantLogDet(x, 0)
}

// Inverse multiplies by By.
func (p unitless) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	return MulScalar(z, p.By), constantLogDet(z, 0)
}

// oneSidedLogit is z = logit(Alpha + (1−Alpha)·x/Levels), whatever Alpha: white comes to 1, whose logit is infinite.
type oneSidedLogit struct{ bijector.Logit }

// Forward takes the logit.
func (p oneSidedLogit) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	slope := p.slope()
	prob := AddScalar(MulScalar(x, slope), p.Alpha)
	logP, logQ := Log(prob), Log(OneMinus(prob))
	logDet = AddScalar(sumPerSample(Neg(Add(logP, logQ))), float64(numElements(x))*math.Log(slope))
	return Sub(logP, logQ), logDet
}

// Inverse undoes it.
func (p oneSidedLogit) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	slope := p.slope()
	x = DivScalar(AddScalar(Sigmoid(z), -p.Alpha), slope)
	perElement := Neg(Add(Softplus(z), Softplus(Neg(z))))
	return x, AddScalar(sumPerSample(perElement), -float64(numElements(z))*math.Log(slope))
}

func (p oneSidedLogit) slope() float64 {
	return (1 - p.Alpha) / p.Levels
}

// stuckInLogits is a logit whose way back ends at logits.
type stuckInLogits struct{ bijector.Logit }

// Inverse gives z for pixels.
func (p stuckInLogits) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	slope := p.slope()
	x = z
	// log σ(z) + log(1−σ(z)) = −softplus(−z) − softplus(z), which stays finite for large |z|.
	perElement := Neg(Add(Softplus(z), Softplus(Neg(z))))
	logDet = AddScalar(sumPerSample(perElement), -float64(numElements(z))*math.Log(slope))
	return x, logDet
}

func (p stuckInLogits) slope() float64 { return (1 - 2*p.Alpha) / p.Levels }
