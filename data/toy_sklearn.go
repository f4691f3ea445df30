package data

import (
	"fmt"
	"math"
)

// The four sets of the article, defined as scikit-learn 1.9 defines them.

// Circles is scikit-learn's make_circles: half the points evenly around the unit circle (label 0), half around a circle
// of radius factor (label 1), each moved by Gaussian noise of that standard deviation. The article's Noisy Circles are
// Circles(.05, .5).
func Circles(noise, factor float64) Toy {
	t := Toy{Name: "circles", bad: badNoise("circles", noise)}
	if !(factor >= 0 && factor < 1) {
		t.bad = fmt.Errorf("data: circles: factor %v, the inner radius, must be in [0, 1)", factor)
	}
	ring := func(radius float64) func(a float64) (x, y float64) {
		return func(a float64) (x, y float64) { return radius * math.Cos(a), radius * math.Sin(a) }
	}
	t.draw = func(r random, n int) ([][2]float64, []int) {
		return twoLines(r, n, noise, ring(1), ring(factor), func(i, of int) float64 {
			return 2 * math.Pi * float64(i) / float64(of)
		})
	}
	if t.bad == nil && noise >= leastNoise {
		n := nodes(2*math.Pi, noise)
		at := arc(nil, n, 0, 2*math.Pi, .5, ring(1))
		t.setSpots(spots{noise, arc(at, n, 0, 2*math.Pi, .5, ring(factor))})
	}
	return t
}

// Moons is scikit-learn's make_moons: half the points evenly along the upper half of the unit circle (label 0), half
// along a lower half circle about (1, ½) (label 1), each moved by Gaussian noise. The article's are Moons(.05).
func Moons(noise float64) Toy {
	t := Toy{Name: "moons", bad: badNoise("moons", noise)}
	upper := func(a float64) (x, y float64) { return math.Cos(a), math.Sin(a) }
	lower := func(a float64) (x, y float64) { return 1 - math.Cos(a), .5 - math.Sin(a) }
	t.draw = func(r random, n int) ([][2]float64, []int) {
		return twoLines(r, n, noise, upper, lower, func(i, of int) float64 {
			return math.Pi * float64(i) / float64(max(of-1, 1))
		})
	}
	if t.bad == nil && noise >= leastNoise {
		n := nodes(math.Pi, noise)
		at := arc(nil, n, 0, math.Pi, .5, upper)
		t.setSpots(spots{noise, arc(at, n, 0, math.Pi, .5, lower)})
	}
	return t
}

// blobCentres are make_blobs(random_state=8)'s: numpy.random.RandomState(8).uniform(-10, 10, (3, 2)).
var blobCentres = [3][2]float64{
	{7.4685880558363245, 9.37081325641864},
	{7.383890804278398, 0.617113831111979},
	{-5.345433440454186, -9.772023914451403},
}

// Blobs is scikit-learn's make_blobs with random_state=8: three Gaussians of standard deviation 1, a third of the
// points in each (labels 0…2).
func Blobs() Toy {
	m := spots{sigma: 1}
	for _, c := range blobCentres {
		m.at = append(m.at, spot{c[0], c[1], 1. / 3})
	}
	t := Toy{Name: "blobs", draw: func(r random, n int) ([][2]float64, []int) {
		xy, labels := make([][2]float64, n), make([]int, n)
		for i := range xy {
			k := i % 3
			xy[i] = [2]float64{blobCentres[k][0] + r.normal(), blobCentres[k][1] + r.normal()}
			labels[i] = k
		}
		return xy, labels
	}}
	t.setSpots(m)
	return t
}

// Uniform is the article's Random: numpy.random.rand(n, 2), the unit square. Its density is 1 and its entropy 0.
func Uniform() Toy {
	return Toy{
		Name: "random",
		draw: func(r random, n int) ([][2]float64, []int) {
			xy := make([][2]float64, n)
			for i := range xy {
				xy[i] = [2]float64{r.uniform(), r.uniform()}
			}
			return xy, make([]int, n)
		},
		logDensity: func(x, y float64) float64 { return inside(x >= 0 && x <= 1 && y >= 0 && y <= 1, 0) },
		entropy:    func() float64 { return 0 },
	}
}

// leastNoise is the smallest noise for which the density of a line is worked out; below it the nodes grow too many.
const leastNoise = .01

// nodes is how many spots make a smooth line of the length given: a quarter of the noise apart.
func nodes(length, noise float64) int { return int(math.Ceil(4 * length / noise)) }

func badNoise(name string, noise float64) error {
	if !(noise >= 0) || math.IsInf(noise, 0) {
		return fmt.Errorf("data: %s: noise %v must be 0 or a positive standard deviation", name, noise)
	}
	return nil
}

func (t *Toy) setSpots(m spots) { t.logDensity, t.entropy = m.logDensity, m.entropy }

// twoLines puts n/2 points evenly on the first line and the rest on the second, at(i, of) being the i-th's place on a
// line of that many, and adds the noise.
func twoLines(r random, n int, noise float64, first, second func(a float64) (x, y float64), at func(i, of int) float64) ([][2]float64, []int) {
	xy, labels := make([][2]float64, n), make([]int, n)
	half := n / 2
	for i := range xy {
		var x, y float64
		if i < half {
			x, y = first(at(i, half))
		} else {
			x, y = second(at(i-half, n-half))
			labels[i] = 1
		}
		xy[i] = [2]float64{x + noise*r.normal(), y + noise*r.normal()}
	}
	return xy, labels
}
