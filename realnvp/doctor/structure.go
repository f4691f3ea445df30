package doctor

import (
	"math"
	"math/rand/v2"
	"slices"
)

// probe is a part's point moved a small step, in units of each number's own spread over the batch, along three random
// directions, forward and backward: steps[0] and steps[1] leave alone what the part passes unchanged, steps[2] moves everything.
type probe struct {
	steps    [3][]float64
	up, down [3][]float64
}

// points draws the steps and gives the six points.
func (p *part) points(rng *rand.Rand) (points []float64) {
	for k := range p.steps {
		step, up, down := make([]float64, p.size), make([]float64, p.size), make([]float64, p.size)
		for j := range step {
			if k == 2 || p.x[j] != p.z[j] {
				step[j] = 1e-5 * p.unit[j] * (0.5 + 0.5*rng.Float64()) * float64(2*rng.IntN(2)-1)
			}
			up[j], down[j] = p.x[j]+step[j], p.x[j]-step[j]
			step[j] = (up[j] - down[j]) / 2 // what the rounded points are apart
		}
		p.steps[k] = step
		points = append(append(points, up...), down...)
	}
	return points
}

// read takes the images of the six points.
func (p *part) read(images []float64) {
	for k := range p.steps {
		p.up[k] = images[2*k*p.size : (2*k+1)*p.size]
		p.down[k] = images[(2*k+1)*p.size : (2*k+2)*p.size]
	}
}

// slope is the change of the output along step k, by central difference: an estimate of J·steps[k].
func (p probe) slope(k int) []float64 {
	out := make([]float64, len(p.up[k]))
	for i := range out {
		out[i] = (p.up[k][i] - p.down[k][i]) / 2
	}
	return out
}

// structure finds a log-determinant without a Jacobian, where the part is seen to be a permutation, or elementwise
// given what it passes unchanged, as couplings, norms and preprocessing are. kind is empty where it is neither.
//
// Elementwise: moving the free numbers at random leaves the kept ones exactly alone and gives each free number the
// same slope in two random directions; its Jacobian is then triangular, and those slopes are its diagonal.
func (p *part) structure() (kind string, logDet float64) {
	x, z := p.x, p.z
	moved := make([]float64, len(x))
	for i := range x {
		moved[i] = x[i] + p.steps[2][i]
	}
	if samePermuted(p.up[2], moved) {
		return "permutation", 0
	}
	if slices.Equal(x, z) {
		return "", 0 // nothing moved at this point, though it is no identity
	}
	a, b := p.slope(0), p.slope(1)
	for i := range x {
		if x[i] == z[i] {
			if p.up[0][i] != x[i] || p.up[1][i] != x[i] {
				return "", 0
			}
			continue
		}
		da, db := a[i]/p.steps[0][i], b[i]/p.steps[1][i]
		if !(math.Abs(da-db) <= 1e-5*math.Abs(da)+1e-300) {
			return "", 0
		}
		logDet += math.Log(math.Abs(da+db) / 2)
	}
	return "elementwise", logDet
}

// samePermuted tells whether a and b hold the same numbers in some order, up to the rounding of a sum.
func samePermuted(a, b []float64) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= 1e-13*(1+math.Abs(a[i]))) {
			return false
		}
	}
	return true
}
