package sampling_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"flowbook/notebooks/sampling"
)

func ExampleBisect() {
	// The median of an exponential with λ = 2 is log(2)/2.
	x, err := sampling.Bisect(distuv.Exponential{Rate: 2}.CDF, 0.5, 0, 100)
	fmt.Printf("%.6f %.6f %v\n", x, math.Ln2/2, err)
	_, err = sampling.Bisect(distuv.UnitNormal.CDF, 0.99, -1, 1)
	fmt.Println(err)
	// Output:
	// 0.346574 0.346574 <nil>
	// sampling: F goes from 0.15865525393145707 to 0.8413447460685429 between -1 and 1, which does not hold p = 0.99: widen the interval
}

var twoPeaks = sampling.Mixture{Weights: []float64{0.3, 0.7}, Means: []float64{-2, 1}, Sigmas: []float64{0.5, 1}}

func TestQuantileInvertsCDF(t *testing.T) {
	for name, d := range map[string]sampling.Distribution{"mixture": twoPeaks, "semicircle": sampling.Semicircle{}} {
		for _, p := range []float64{1e-9, 1e-3, 0.1, 0.3, 0.5, 0.9, 0.999} {
			if back := d.CDF(d.Quantile(p)); math.Abs(back-p) > 1e-12 {
				t.Errorf("%s: F(F⁻¹(%g)) = %g", name, p, back)
			}
		}
		for _, x := range []float64{-0.9, -0.2, 0, 0.7} {
			const h = 1e-5
			if slope := (d.CDF(x+h) - d.CDF(x-h)) / (2 * h); math.Abs(slope-d.Prob(x)) > 1e-7 {
				t.Errorf("%s at %g: dF/dx = %g, density %g", name, x, slope, d.Prob(x))
			}
		}
		if !math.IsNaN(d.Quantile(1.5)) || !math.IsNaN(d.Quantile(math.NaN())) {
			t.Errorf("%s: a quantile of p outside [0, 1]", name)
		}
	}
	if lo, hi := twoPeaks.Quantile(0), twoPeaks.Quantile(1); !math.IsInf(lo, -1) || !math.IsInf(hi, 1) {
		t.Errorf("the ends of the mixture are %v and %v", lo, hi)
	}
}

func TestMixtureValidate(t *testing.T) {
	for name, m := range map[string]sampling.Mixture{
		"empty":   {},
		"lengths": {Weights: []float64{1}, Means: []float64{0, 1}, Sigmas: []float64{1}},
		"sigma":   {Weights: []float64{1}, Means: []float64{0}, Sigmas: []float64{0}},
		"weights": {Weights: []float64{1, 1}, Means: []float64{0, 1}, Sigmas: []float64{1, 1}},
	} {
		if m.Validate() == nil || !math.IsNaN(m.Quantile(0.5)) {
			t.Errorf("%s: a wrong mixture was taken", name)
		}
	}
}

// The critical values are those of any table of Kolmogorov's distribution, 1.2238, 1.3581 and 1.6276 at 10, 5 and 1 %.
func TestKolmogorovSmirnovAgainstTable(t *testing.T) {
	const n = 1_000_000
	for critical, want := range map[float64]float64{1.2238: 0.10, 1.3581: 0.05, 1.6276: 0.01} {
		shift := (critical/(1000+0.12+0.11e-3) - 0.5/n)
		x := make([]float64, n)
		for i := range x {
			x[i] = (float64(i) + 0.5) / n
		}
		d, p, err := sampling.KolmogorovSmirnov(x, func(v float64) float64 { return max(0, v-shift) })
		if err != nil || math.Abs(d-shift-0.5/n) > 1e-9 || math.Abs(p-want) > 2e-4 {
			t.Errorf("%g: distance %g, p %g, want p %g (%v)", critical, d, p, want, err)
		}
	}
	if d, _, _ := sampling.KolmogorovSmirnov([]float64{0.5}, func(v float64) float64 { return v }); d != 0.5 {
		t.Errorf("one point in the middle is %g away, want 0.5", d)
	}
	if _, _, err := sampling.KolmogorovSmirnov(nil, distuv.UnitNormal.CDF); err == nil {
		t.Error("an empty sample was taken")
	}
	if _, _, err := sampling.KolmogorovSmirnov([]float64{math.NaN()}, distuv.UnitNormal.CDF); err == nil {
		t.Error("NaN was taken")
	}
}

// A true sample gets a p-value that is itself uniform; a wrong one nearly 0.
func TestKolmogorovSmirnovTellsRightFromWrong(t *testing.T) {
	var ps []float64
	for seed := range uint64(200) {
		_, p, err := sampling.KolmogorovSmirnov(sampling.Normal(200, seed), distuv.UnitNormal.CDF)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	if d, p, _ := sampling.KolmogorovSmirnov(ps, distuv.UnitUniform.CDF); p < 1e-3 {
		t.Errorf("p-values of true samples are not uniform: distance %g, p %g", d, p)
	}
	if _, p, _ := sampling.KolmogorovSmirnov(sampling.Uniform(1000, 1), distuv.Uniform{Min: 0, Max: 1.2}.CDF); p > 1e-6 {
		t.Errorf("a wrong distribution got p = %g", p)
	}
}

// Points drawn without any distribution function become uniform through them, and the density is the determinant of
// that map.
func TestConditionals(t *testing.T) {
	for name, c := range map[string]struct {
		sampling.Conditionals
		half, top float64
	}{"crescent": {sampling.Crescent(), 7, 0.4}, "disc": {sampling.Disc(), 1, 0.32}} {
		var u1, u2 []float64
		for i, x := range sampling.Reject(c.Prob, c.half, c.top, 4000, 1) {
			u := c.ToUniform(x)
			u1, u2 = append(u1, u[0]), append(u2, u[1])
			if i >= 50 {
				continue
			}
			back := c.FromUniform(u)
			if math.Hypot(back[0]-x[0], back[1]-x[1]) > 1e-6 {
				t.Errorf("%s: there and back takes %v to %v", name, x, back)
			}
			if math.Hypot(x[0], x[1]) > 0.99 && name == "disc" {
				continue // the difference would reach over the edge
			}
			if det := sampling.Determinant(c.ToUniform, x, 1e-5); math.Abs(det/c.Prob(x)-1) > 1e-4 {
				t.Errorf("%s at %v: |det J| = %g, density %g", name, x, det, c.Prob(x))
			}
		}
		if len(u1) != 4000 {
			t.Fatalf("%s: %d points of 4000", name, len(u1))
		}
		for k, u := range [][]float64{u1, u2} {
			if d, p, err := sampling.KolmogorovSmirnov(u, distuv.UnitUniform.CDF); err != nil || p < 1e-3 {
				t.Errorf("%s: coordinate %d is not uniform: distance %g, p %g, %v", name, k+1, d, p, err)
			}
		}
	}
}
