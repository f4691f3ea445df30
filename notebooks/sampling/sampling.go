// Package sampling draws from a distribution by sending uniform numbers through the inverse of its distribution
// function, in one dimension and in two, and tests what comes out. It is what the cells of notebook 01 share.
package sampling

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Uniform draws n numbers of [0, 1); the same seed gives the same numbers.
func Uniform(n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0x75))
	u := make([]float64, max(n, 0))
	for i := range u {
		u[i] = rng.Float64()
	}
	return u
}

// Normal draws n numbers of N(0, 1); the same seed gives the same numbers.
func Normal(n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0x7a))
	z := make([]float64, max(n, 0))
	for i := range z {
		z[i] = rng.NormFloat64()
	}
	return z
}

// Map applies f to each number.
func Map(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// Bisect finds x with cdf(x) = p by halving the interval from lo to hi until no float64 lies between its ends. It is
// how F⁻¹ is had where no formula gives it. It fails where the interval does not hold p: cdf(lo) ≤ p ≤ cdf(hi).
func Bisect(cdf func(float64) float64, p, lo, hi float64) (float64, error) {
	if !(lo < hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return math.NaN(), fmt.Errorf("sampling: bisection from %v to %v: both ends must be finite, the first the smaller", lo, hi)
	}
	if a, b := cdf(lo), cdf(hi); !(a <= p && p <= b) {
		return math.NaN(), fmt.Errorf("sampling: F goes from %v to %v between %v and %v, which does not hold p = %v: widen the interval", a, b, lo, hi, p)
	}
	for {
		middle := lo + (hi-lo)/2
		if middle <= lo || middle >= hi {
			return middle, nil
		}
		if cdf(middle) < p {
			lo = middle
		} else {
			hi = middle
		}
	}
}
