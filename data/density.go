package data

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// spot is a Gaussian of a mixture: its centre, and the mixture's weight for it.
type spot struct{ x, y, w float64 }

// spots is the mixture Σ w·N(centre, σ²I). With many spots along a line it is the density of that line drawn with
// Gaussian noise: ∫ N(x; c(t), σ²I) dt by quadrature.
type spots struct {
	sigma float64
	at    []spot
}

// logDensity is log Σ w·exp(−d²/2σ²)/(2πσ²), summed relative to the nearest spot so that it is finite far away too.
func (m spots) logDensity(x, y float64) float64 {
	nearest := math.Inf(1)
	for _, s := range m.at {
		nearest = min(nearest, (x-s.x)*(x-s.x)+(y-s.y)*(y-s.y))
	}
	const far = 80 // spots whose share is under e⁻⁴⁰ of the nearest's
	v, sum := m.sigma*m.sigma, 0.0
	for _, s := range m.at {
		if d := (x-s.x)*(x-s.x) + (y-s.y)*(y-s.y) - nearest; d < far*v {
			sum += s.w * math.Exp(-d/(2*v))
		}
	}
	return math.Log(sum) - nearest/(2*v) - math.Log(2*math.Pi*v)
}

// entropy is by quadrature over a box that is 8σ wider than the spots, in steps of σ/3, at which the trapezoid rule has
// converged.
func (m spots) entropy() float64 {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, s := range m.at {
		lo = [2]float64{min(lo[0], s.x), min(lo[1], s.y)}
		hi = [2]float64{max(hi[0], s.x), max(hi[1], s.y)}
	}
	pad := 8 * m.sigma
	return entropyOver([2]float64{lo[0] - pad, lo[1] - pad}, [2]float64{hi[0] + pad, hi[1] + pad}, m.sigma/3, m.logDensity)
}

// arc is n spots along c(t) for t from…to, at the places and with the weights of Gauss and Legendre; these sum to weight.
func arc(at []spot, n int, from, to, weight float64, c func(t float64) (x, y float64)) []spot {
	places, weights := make([]float64, n), make([]float64, n)
	quad.Legendre{}.FixedLocations(places, weights, from, to)
	for i, t := range places {
		x, y := c(t)
		at = append(at, spot{x, y, weight * weights[i] / (to - from)})
	}
	return at
}

// entropyOver is −∫ p log p over the box by the trapezoid rule (p vanishes at the box's edges).
func entropyOver(lo, hi [2]float64, step float64, logDensity func(x, y float64) float64) float64 {
	sum := 0.0
	for x := lo[0]; x <= hi[0]; x += step {
		for y := lo[1]; y <= hi[1]; y += step {
			if l := logDensity(x, y); !math.IsInf(l, -1) {
				sum -= math.Exp(l) * l
			}
		}
	}
	return sum * step * step
}

// inside is the constant log-density of a region.
func inside(in bool, logDensity float64) float64 {
	if in {
		return logDensity
	}
	return math.Inf(-1)
}
