package figures_test

import (
	"math"
	"math/rand/v2"
)

// moons are two interleaved half circles with Gaussian noise, for the examples.
func moons(n int, noise float64, seed uint64) [][2]float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	points := make([][2]float64, n)
	for i := range points {
		sin, cos := math.Sincos(math.Pi * rng.Float64())
		points[i] = [2]float64{cos - 0.5, sin - 0.25}
		if i%2 == 1 {
			points[i] = [2]float64{0.5 - cos, 0.25 - sin}
		}
		points[i][0] += noise * rng.NormFloat64()
		points[i][1] += noise * rng.NormFloat64()
	}
	return points
}

// moonsDensity is the density moons are drawn from, by a sum over the arcs.
func moonsDensity(x, y, noise float64) float64 {
	const n = 60
	sum := 0.0
	for i := range n {
		sin, cos := math.Sincos(math.Pi * (float64(i) + 0.5) / n)
		for _, at := range [][2]float64{{cos - 0.5, sin - 0.25}, {0.5 - cos, 0.25 - sin}} {
			d := math.Hypot(x-at[0], y-at[1]) / noise
			sum += math.Exp(-d * d / 2)
		}
	}
	return sum / (2 * n * 2 * math.Pi * noise * noise)
}
