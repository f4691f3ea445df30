package data

import (
	"fmt"
	"math"
)

// The flow papers' other toys, as FFJORD's lib/toy_data.py defines them (Grathwohl et al. 2019,
// https://github.com/rtqichen/ffjord), and the Gaussian whose NLL is known in closed form.

// CorrelatedGaussian has zero mean, unit variances and the covariance c. Its entropy is log 2πe + ½·log(1−c²).
func CorrelatedGaussian(c float64) Toy {
	t := Toy{Name: "correlated-gaussian"}
	if !(c > -1 && c < 1) {
		t.bad = fmt.Errorf("data: correlated-gaussian: covariance %v of two unit variances must be between −1 and 1", c)
		t.draw = func(random, int) ([][2]float64, []int) { return nil, nil }
		return t
	}
	s := math.Sqrt(1 - c*c)
	t.draw = func(r random, n int) ([][2]float64, []int) {
		xy := make([][2]float64, n)
		for i := range xy {
			a, b := r.normal(), r.normal()
			xy[i] = [2]float64{a, c*a + s*b}
		}
		return xy, make([]int, n)
	}
	t.logDensity = func(x, y float64) float64 {
		return -(x*x-2*c*x*y+y*y)/(2*s*s) - math.Log(2*math.Pi*s)
	}
	t.entropy = func() float64 { return 1 + math.Log(2*math.Pi*s) }
	return t
}

// EightGaussians is eight Gaussians of standard deviation ½ evenly around a circle of radius 4 (labels 0…7), all divided
// by 1.414.
func EightGaussians() Toy {
	const shrink = 1.414
	m := spots{sigma: .5 / shrink}
	for k := range 8 {
		a := math.Pi / 4 * float64(k)
		m.at = append(m.at, spot{4 * math.Cos(a) / shrink, 4 * math.Sin(a) / shrink, 1. / 8})
	}
	t := Toy{Name: "8gaussians", draw: func(r random, n int) ([][2]float64, []int) {
		xy, labels := make([][2]float64, n), make([]int, n)
		for i := range xy {
			k := r.below(8)
			xy[i] = [2]float64{m.at[k].x + m.sigma*r.normal(), m.at[k].y + m.sigma*r.normal()}
			labels[i] = k
		}
		return xy, labels
	}}
	t.setSpots(m)
	return t
}

// Checkerboard is uniform on the 8 dark fields, 2×2 each, of a 4×4 board from −4 to 4. Its entropy is log 32.
func Checkerboard() Toy {
	field := func(v float64) int { return int(math.Floor(v / 2)) }
	return Toy{
		Name: "checkerboard",
		draw: func(r random, n int) ([][2]float64, []int) {
			xy := make([][2]float64, n)
			for i := range xy {
				x := 4*r.uniform() - 2
				y := r.uniform() - 2*float64(r.below(2)) + float64(int(math.Floor(x))&1)
				xy[i] = [2]float64{2 * x, 2 * y}
			}
			return xy, make([]int, n)
		},
		logDensity: func(x, y float64) float64 {
			return inside(math.Abs(x) < 4 && math.Abs(y) < 4 && (field(x)+field(y))&1 == 0, -math.Log(32))
		},
		entropy: func() float64 { return math.Log(32) },
	}
}

// TwoSpirals is two spiral arms of three half turns (labels 0 and 1), each point t = 3π·√u along the arm
// (−t·cos t, t·sin t) moved by up to ½ to the right and up, or turned by 180°, all divided by 3, then by Gaussian noise
// of 0.1.
func TwoSpirals() Toy {
	const sigma, wide = .1, .5 / 3
	t := Toy{Name: "2spirals", draw: func(r random, n int) ([][2]float64, []int) {
		xy, labels := make([][2]float64, n), make([]int, n)
		for i := range xy {
			a := 3 * math.Pi * math.Sqrt(r.uniform())
			x, y := -math.Cos(a)*a/3+wide*r.uniform(), math.Sin(a)*a/3+wide*r.uniform()
			if i%2 == 1 {
				x, y, labels[i] = -x, -y, 1
			}
			xy[i] = [2]float64{x + sigma*r.normal(), y + sigma*r.normal()}
		}
		return xy, labels
	}}
	// u even in (0, 1) is t with density ∝ t, so evenly spaced u have equal weights.
	var line []spot
	const n = 800 // a fifth of the noise apart
	for i := range n {
		a := 3 * math.Pi * math.Sqrt((float64(i)+.5)/n)
		line = append(line, spot{-math.Cos(a) * a / 3, math.Sin(a) * a / 3, .5 / n})
	}
	// blur is the density of a coordinate's uniform shift plus noise: (Φ(d/σ) − Φ((d−wide)/σ))/wide.
	blur := func(d float64) float64 {
		return (math.Erfc((d-wide)/(sigma*math.Sqrt2)) - math.Erfc(d/(sigma*math.Sqrt2))) / (2 * wide)
	}
	t.logDensity = func(x, y float64) float64 {
		sum := 0.0
		for _, s := range line {
			for _, sign := range [2]float64{1, -1} {
				dx, dy := sign*x-s.x, sign*y-s.y
				if math.Abs(dx) < 12*sigma && math.Abs(dy) < 12*sigma {
					sum += s.w * blur(dx) * blur(dy)
				}
			}
		}
		return math.Log(sum)
	}
	t.entropy = func() float64 {
		edge := math.Pi + wide + 8*sigma
		return entropyOver([2]float64{-edge, -edge}, [2]float64{edge, edge}, sigma/2, t.logDensity)
	}
	return t
}
