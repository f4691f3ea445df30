package sampling

import (
	"fmt"
	"math"
	"slices"
)

// KolmogorovSmirnov is the largest distance between a sample's own distribution function and cdf, and the chance p
// that a true sample of that many is as far off or farther. For p it sums Kolmogorov's series at
// (√n + 0.12 + 0.11/√n)·D, Stephens' correction for n of 5 and more (J. R. Stat. Soc. B 32, 1970). It fails on an
// empty sample and on NaN.
func KolmogorovSmirnov(sample []float64, cdf func(float64) float64) (distance, p float64, err error) {
	if len(sample) == 0 {
		return 0, 0, fmt.Errorf("sampling: Kolmogorov-Smirnov on an empty sample")
	}
	sorted := slices.Clone(sample)
	slices.Sort(sorted)
	n := float64(len(sorted))
	for i, x := range sorted {
		f := cdf(x)
		if math.IsNaN(x) || math.IsNaN(f) {
			return 0, 0, fmt.Errorf("sampling: Kolmogorov-Smirnov: F(%v) is %v: leave NaN out of the sample", x, f)
		}
		distance = max(distance, f-float64(i)/n, float64(i+1)/n-f)
	}
	root := math.Sqrt(n)
	return distance, kolmogorov((root + 0.12 + 0.11/root) * distance), nil
}

// kolmogorov is P(K > x) = 2 Σ (−1)^(k−1) exp(−2k²x²) for Kolmogorov's distribution.
func kolmogorov(x float64) float64 {
	if x < 0.2 {
		return 1 // to 10⁻¹²; the series converges slowly there
	}
	sum, sign := 0.0, 1.0
	for k := 1.0; k <= 100; k++ {
		term := math.Exp(-2 * k * k * x * x)
		sum += sign * term
		sign = -sign
		if term < 1e-17 {
			break
		}
	}
	return min(1, max(0, 2*sum))
}
