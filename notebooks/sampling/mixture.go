package sampling

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Mixture is a mixture of normals, Σ wᵢ·N(μᵢ, σᵢ²): its distribution function is a sum of normal ones, and the inverse
// of that has no closed form.
type Mixture struct {
	Weights, Means, Sigmas []float64
}

// Validate says what is wrong: lengths that differ, a sigma not above 0, weights not adding to 1.
func (m Mixture) Validate() error {
	if len(m.Weights) == 0 || len(m.Means) != len(m.Weights) || len(m.Sigmas) != len(m.Weights) {
		return fmt.Errorf("sampling: a mixture of %d weights, %d means and %d sigmas: as many of each, at least one", len(m.Weights), len(m.Means), len(m.Sigmas))
	}
	sum := 0.0
	for i, w := range m.Weights {
		if !(w >= 0) || !(m.Sigmas[i] > 0) || math.IsNaN(m.Means[i]) || math.IsInf(m.Means[i]+m.Sigmas[i], 0) {
			return fmt.Errorf("sampling: part %d of the mixture has weight %v, mean %v, sigma %v: weight ≥ 0, sigma > 0, all finite", i, w, m.Means[i], m.Sigmas[i])
		}
		sum += w
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("sampling: the weights of the mixture add to %v: divide them by that", sum)
	}
	return nil
}

// CDF is F(x) = Σ wᵢ·Φ((x−μᵢ)/σᵢ).
func (m Mixture) CDF(x float64) float64 {
	return m.sum(func(n distuv.Normal) float64 { return n.CDF(x) })
}

// Prob is the density Σ wᵢ·φ((x−μᵢ)/σᵢ)/σᵢ.
func (m Mixture) Prob(x float64) float64 {
	return m.sum(func(n distuv.Normal) float64 { return n.Prob(x) })
}

func (m Mixture) sum(f func(distuv.Normal) float64) float64 {
	sum := 0.0
	for i, w := range m.Weights {
		sum += w * f(distuv.Normal{Mu: m.Means[i], Sigma: m.Sigmas[i]})
	}
	return sum
}

// Quantile is F⁻¹(p) by bisection, NaN for p outside [0, 1] or a mixture that does not validate. The mixture's quantile
// lies between the smallest and the largest of the parts' own, so that is where it looks.
func (m Mixture) Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) || m.Validate() != nil {
		return math.NaN()
	}
	if p == 0 || p == 1 {
		return math.Inf(int(2*p) - 1)
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range m.Weights {
		q := distuv.Normal{Mu: m.Means[i], Sigma: m.Sigmas[i]}.Quantile(p)
		lo, hi = min(lo, q), max(hi, q)
	}
	margin := 1e-6 * (1 + math.Abs(lo) + math.Abs(hi)) // the parts' quantiles are rounded too
	x, err := Bisect(m.CDF, p, lo-margin, hi+margin)
	if err != nil {
		return math.NaN()
	}
	return x
}
