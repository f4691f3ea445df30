package data

import "math"

const (
	pinRadial     = .3  // standard deviation along an arm
	pinTangential = .1  // and across it
	pinRate       = .25 // how much an arm bends with its radius
	pinArms       = 5
)

// Pinwheel is five bent arms (labels 0…4): f = (a, b) with a ~ N(1, 0.3²) and b ~ N(0, 0.1²), turned clockwise by
// φ = 2πk/5 + ¼·eᵃ and doubled (FFJORD's lib/toy_data.py, after Johnson et al. 2016).
//
// Its density is exact. The turn depends on a, so the map f → x has |det| = 4·|1 + ¼·eᵃ·b|, and the f that lead to an x
// are the roots of a = r·cos(β + φ(a)), with r and β the polar coordinates of x/2.
func Pinwheel() Toy {
	t := Toy{Name: "pinwheel", draw: func(r random, n int) ([][2]float64, []int) {
		xy, labels := make([][2]float64, n), make([]int, n)
		for i := range xy {
			k := i % pinArms
			a, b := 1+pinRadial*r.normal(), pinTangential*r.normal()
			sin, cos := math.Sincos(pinTurn(k, a))
			xy[i] = [2]float64{2 * (a*cos + b*sin), 2 * (-a*sin + b*cos)}
			labels[i] = k
		}
		return xy, labels
	}}
	t.logDensity = pinLogDensity
	t.entropy = func() float64 {
		edge := 2 * (1 + 8*pinRadial)
		return entropyOver([2]float64{-edge, -edge}, [2]float64{edge, edge}, .1, pinLogDensity)
	}
	return t
}

func pinTurn(k int, a float64) float64 { return 2*math.Pi*float64(k)/pinArms + pinRate*math.Exp(a) }

func pinLogDensity(x, y float64) float64 {
	r, beta := math.Hypot(x, y)/2, math.Atan2(y, x)
	lo, hi := max(-r, 1-9*pinRadial), min(r, 1+9*pinRadial)
	const steps = 48
	sum := 0.0
	for k := range pinArms {
		miss := func(a float64) float64 { return a - r*math.Cos(beta+pinTurn(k, a)) }
		a0, m0 := lo, miss(lo)
		for i := 1; i <= steps && hi > lo; i++ {
			a1 := lo + (hi-lo)*float64(i)/steps
			m1 := miss(a1)
			if (m0 <= 0) != (m1 <= 0) {
				a := bisect(miss, a0, a1, m0 <= 0)
				b := r * math.Sin(beta+pinTurn(k, a))
				u, v := (a-1)/pinRadial, b/pinTangential
				det := 4 * math.Abs(1+pinRate*math.Exp(a)*b)
				sum += math.Exp(-(u*u+v*v)/2) / (2 * math.Pi * pinRadial * pinTangential * pinArms * det)
			}
			a0, m0 = a1, m1
		}
	}
	return math.Log(sum)
}

// bisect is the root of f between a and b, where f changes sign, upwards if rising.
func bisect(f func(float64) float64, a, b float64, rising bool) float64 {
	for range 50 {
		if mid := (a + b) / 2; (f(mid) <= 0) == rising {
			a = mid
		} else {
			b = mid
		}
	}
	return (a + b) / 2
}
