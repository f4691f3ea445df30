package sampling

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Conditionals is a distribution of the plane given by p(x₁)·p(x₂|x₁), in the form that sampling needs: the two
// distribution functions, their inverses, and their densities.
type Conditionals struct {
	First  Distribution
	Second func(x1 float64) Distribution
}

// Distribution is a distribution of the line; distuv's and Mixture are some.
type Distribution interface {
	CDF(x float64) float64
	Quantile(p float64) float64
	Prob(x float64) float64
}

// FromUniform sends a point of the unit square to x₁ = F₁⁻¹(u₁), x₂ = F₂₁⁻¹(u₂ | x₁).
func (c Conditionals) FromUniform(u [2]float64) [2]float64 {
	x1 := c.First.Quantile(u[0])
	return [2]float64{x1, c.Second(x1).Quantile(u[1])}
}

// ToUniform is the way back: u₁ = F₁(x₁), u₂ = F₂₁(x₂ | x₁).
func (c Conditionals) ToUniform(x [2]float64) [2]float64 {
	return [2]float64{c.First.CDF(x[0]), c.Second(x[0]).CDF(x[1])}
}

// Prob is the density p(x₁)·p(x₂|x₁).
func (c Conditionals) Prob(x [2]float64) float64 {
	first := c.First.Prob(x[0])
	if first == 0 {
		return 0
	}
	return first * c.Second(x[0]).Prob(x[1])
}

// Crescent is x₁ ~ N(0, 1), x₂ | x₁ ~ N(x₁²/2 − 1, 0.4²): the second is scaled and shifted by a function of the first.
func Crescent() Conditionals {
	return Conditionals{
		First:  distuv.UnitNormal,
		Second: func(x1 float64) Distribution { return distuv.Normal{Mu: x1*x1/2 - 1, Sigma: 0.4} },
	}
}

// Disc is the uniform distribution over the unit disc: x₁ by Semicircle, x₂ uniform over the chord at x₁.
func Disc() Conditionals {
	return Conditionals{
		First: Semicircle{},
		Second: func(x1 float64) Distribution {
			half := math.Sqrt(max(0, 1-x1*x1))
			return distuv.Uniform{Min: -half, Max: half}
		},
	}
}

// Semicircle is the first coordinate of a uniform point of the unit disc: density 2√(1−x²)/π.
type Semicircle struct{}

// CDF is ½ + (x√(1−x²) + asin x)/π.
func (Semicircle) CDF(x float64) float64 {
	x = max(-1, min(1, x))
	return 0.5 + (x*math.Sqrt(1-x*x)+math.Asin(x))/math.Pi
}

// Prob is 2√(1−x²)/π.
func (Semicircle) Prob(x float64) float64 { return 2 / math.Pi * math.Sqrt(max(0, 1-x*x)) }

// Quantile is by bisection, NaN for p outside [0, 1].
func (s Semicircle) Quantile(p float64) float64 {
	x, err := Bisect(s.CDF, p, -1, 1)
	if err != nil {
		return math.NaN()
	}
	return x
}

// Reject draws n points of the density, which must be at most top, within the square of half-width half: it throws
// points at the box over the square and keeps those under the density. It knows nothing of distribution functions,
// so it can judge them. The same seed gives the same points.
func Reject(density func([2]float64) float64, half, top float64, n int, seed uint64) [][2]float64 {
	rng := rand.New(rand.NewPCG(seed, 0x72))
	var points [][2]float64
	for tries := 0; len(points) < n && tries < 10000*(n+1); tries++ {
		x := [2]float64{half * (2*rng.Float64() - 1), half * (2*rng.Float64() - 1)}
		if top*rng.Float64() < density(x) {
			points = append(points, x)
		}
	}
	return points
}

// Determinant is |det ∂f/∂x| of a map of the plane at a point, by central differences of width h.
func Determinant(f func([2]float64) [2]float64, x [2]float64, h float64) float64 {
	var column [2][2]float64
	for k := range 2 {
		up, down := x, x
		up[k], down[k] = x[k]+h, x[k]-h
		a, b := f(up), f(down)
		column[k] = [2]float64{(a[0] - b[0]) / (2 * h), (a[1] - b[1]) / (2 * h)}
	}
	return math.Abs(column[0][0]*column[1][1] - column[0][1]*column[1][0])
}
