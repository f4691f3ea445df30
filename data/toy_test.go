package data

import (
	"math"
	"slices"
	"testing"
)

// Mass and self-consistency: the density integrates to 1, and the mean −log p of drawn points is the entropy. A wrong
// generator or a wrong density fails the second.
func TestDensityIsThatOfTheDraws(t *testing.T) {
	boxes := map[string][2]float64{ // half the width, and the step of a grid over all the mass
		"circles": {1.5, .02}, "moons": {2.5, .02}, "blobs": {16, .4}, "random": {2, .01}, "correlated-gaussian": {7, .1},
		"8gaussians": {5.5, .12}, "pinwheel": {6, .1}, "2spirals": {4.2, .06}, "checkerboard": {5, .1}}
	for _, toy := range Toys() {
		edge, h, mass := boxes[toy.Name][0], boxes[toy.Name][1], 0.0
		for x := -edge + h/2; x < edge; x += h {
			for y := -edge + h/2; y < edge; y += h {
				mass += math.Exp(toy.LogDensity(x, y)) * h * h
			}
		}
		if math.Abs(mass-1) > 2e-3 {
			t.Errorf("%s: the density's mass is %.5f", toy.Name, mass)
		}
		const n = 10000
		p, err := toy.Sample(n, 11)
		if err != nil {
			t.Fatal(err)
		}
		nll, squares := toy.NLL(p), 0.0
		for i := range n {
			d := -toy.LogDensity(p.XY(i)) - nll
			squares += d * d
		}
		limit := 4.5*math.Sqrt(squares/n/n) + 2e-4
		if h := toy.Entropy(); math.Abs(nll-h) > limit {
			t.Errorf("%s: mean −log p of %d draws is %.4f, the entropy %.4f: more than %.4f apart", toy.Name, n, nll, h, limit)
		}
	}
}

// The floors and offsets of the reference table, which was made with scikit-learn and another density code, on 10,000
// points: their chance error is about 0.01 nats.
func TestFloorsOfTheReferenceTable(t *testing.T) {
	for _, want := range []struct {
		toy           Toy
		floor, offset float64
	}{
		{Circles(.05, .5), 1.766, -1.1555},
		{Moons(.05), 1.128, -.8399},
		{Blobs(), .072, 3.8725},
		{Uniform(), 2.473, -2.4727},
	} {
		train, test, err := want.toy.Split(10000, 10000, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := train.Scaling.Offset(); math.Abs(got-want.offset) > .02 {
			t.Errorf("%s: offset %.4f, want %.4f", want.toy.Name, got, want.offset)
		}
		if got := want.toy.NLL(test); math.Abs(got-want.floor) > .03 {
			t.Errorf("%s: the exact density's NLL on test points is %.4f, want %.3f", want.toy.Name, got, want.floor)
		}
		// In the data's own space the scaling, which differs from draw to draw, plays no part.
		if got := want.toy.Entropy(); math.Abs(got-(want.floor+want.offset)) > .02 {
			t.Errorf("%s: entropy %.4f, want %.4f", want.toy.Name, got, want.floor+want.offset)
		}
	}
}

func TestEntropiesInClosedForm(t *testing.T) {
	for _, c := range []struct {
		toy  Toy
		want float64
	}{
		{CorrelatedGaussian(.8), math.Log(2*math.Pi*math.E) + .5*math.Log(1-.64)},
		{CorrelatedGaussian(0), math.Log(2 * math.Pi * math.E)},
		{Uniform(), 0},
		{Checkerboard(), math.Log(32)},
		// The two upper blobs are 8.75σ apart, the third further: log 3 + log 2πe to within 10⁻⁴.
		{Blobs(), math.Log(3) + math.Log(2*math.Pi*math.E)},
	} {
		if got := c.toy.Entropy(); math.Abs(got-c.want) > 2e-4 {
			t.Errorf("%s: entropy %.6f, want %.6f", c.toy.Name, got, c.want)
		}
	}
}

// On a ring the density has a closed form, N·e^{−(r−R)²/2σ²}·(e^{−z}I₀(z)) with z = rR/σ², and I₀ its large-argument
// series.
func TestCirclesDensityAgainstBessel(t *testing.T) {
	const sigma = .05
	toy := Circles(sigma, .5)
	ring := func(r, R float64) float64 {
		z := r * R / (sigma * sigma)
		i0 := (1 + 1/(8*z) + 9/(128*z*z) + 225/(3072*z*z*z)) / math.Sqrt(2*math.Pi*z)
		return math.Exp(-(r-R)*(r-R)/(2*sigma*sigma)) * i0 / (2 * math.Pi * sigma * sigma)
	}
	for _, r := range []float64{.3, .45, .5, .6, .75, .9, 1, 1.1, 1.3} {
		want := math.Log(.5*ring(r, 1) + .5*ring(r, .5))
		for _, a := range []float64{0, .003, 1, 3, 6.28} {
			if got := toy.LogDensity(r*math.Cos(a), r*math.Sin(a)); math.Abs(got-want) > 1e-4 {
				t.Errorf("r=%v angle %v: %.6f, want %.6f", r, a, got, want)
			}
		}
	}
}

// Means, deviations and bounds from the definitions in the docs.
func TestMomentsAndSupport(t *testing.T) {
	b := blobCentres
	mean3 := func(k int) float64 { return (b[0][k] + b[1][k] + b[2][k]) / 3 }
	std3 := func(k int) float64 {
		v := 1.0
		for i := range b {
			v += (b[i][k] - mean3(k)) * (b[i][k] - mean3(k)) / 3
		}
		return math.Sqrt(v)
	}
	half := .5*.5 + .05*.05
	for _, c := range []struct {
		toy       Toy
		mean, std [2]float64
		reach     float64 // no coordinate is beyond, up to a chance of 10⁻⁵
	}{
		{Circles(.05, .5), [2]float64{}, [2]float64{math.Sqrt((1+.25)/4 + .0025), math.Sqrt((1+.25)/4 + .0025)}, 1 + 6*.05},
		{Moons(.05), [2]float64{.5, .25}, // x: ±½ and ½ of cos²; y: (2/π − ¼)²+…, see the doc of make_moons
			[2]float64{math.Sqrt(half + .25 + .25), math.Sqrt(.5 - 4/(math.Pi*math.Pi) + .0025 + (2/math.Pi-.25)*(2/math.Pi-.25))}, 2 + 6*.05},
		{Blobs(), [2]float64{mean3(0), mean3(1)}, [2]float64{std3(0), std3(1)}, 9.78 + 6},
		{Uniform(), [2]float64{.5, .5}, [2]float64{math.Sqrt(1. / 12), math.Sqrt(1. / 12)}, 1},
		{CorrelatedGaussian(.8), [2]float64{}, [2]float64{1, 1}, 6},
		{EightGaussians(), [2]float64{}, [2]float64{math.Sqrt(8+.25) / 1.414, math.Sqrt(8+.25) / 1.414}, (4 + 3) / 1.414},
		{Checkerboard(), [2]float64{}, [2]float64{4 / math.Sqrt(3), 4 / math.Sqrt(3)}, 4},
	} {
		const n = 40000
		p, err := c.toy.Sample(n, 3)
		if err != nil {
			t.Fatal(err)
		}
		for k := range 2 {
			sum, squares, reach := 0.0, 0.0, 0.0
			for i := range n {
				v := float64(p.X[2*i+k])
				sum += v
				squares += (v - c.mean[k]) * (v - c.mean[k])
				reach = max(reach, math.Abs(v))
			}
			if got := sum / n; math.Abs(got-c.mean[k]) > 5*c.std[k]/math.Sqrt(n) {
				t.Errorf("%s: mean of coordinate %d is %.4f, want %.4f", c.toy.Name, k, got, c.mean[k])
			}
			if got := math.Sqrt(squares / n); math.Abs(got/c.std[k]-1) > .02 {
				t.Errorf("%s: standard deviation of coordinate %d is %.4f, want %.4f", c.toy.Name, k, got, c.std[k])
			}
			if reach > c.reach {
				t.Errorf("%s: coordinate %d reaches %.3f, beyond %.3f", c.toy.Name, k, reach, c.reach)
			}
		}
	}
}

func TestCorrelation(t *testing.T) {
	p, _ := CorrelatedGaussian(.8).Sample(40000, 1)
	sum := 0.0
	for i := range p.Len() {
		x, y := p.XY(i)
		sum += x * y
	}
	if got := sum / float64(p.Len()); math.Abs(got-.8) > .03 {
		t.Errorf("covariance %.3f, want 0.8", got)
	}
}

func TestToysAreSeeded(t *testing.T) {
	for _, toy := range Toys() {
		a, _ := toy.Sample(100, 5)
		b, _ := toy.Sample(100, 5)
		c, _ := toy.Sample(100, 6)
		if !slices.Equal(a.X, b.X) || a.Digest != b.Digest {
			t.Errorf("%s: the same seed gives other points", toy.Name)
		}
		if a.Digest == c.Digest {
			t.Errorf("%s: another seed gives the same points", toy.Name)
		}
		if named, err := ToyNamed(toy.Name); err != nil || named.Name != toy.Name {
			t.Errorf("ToyNamed(%q): %v", toy.Name, err)
		}
	}
}

func TestBadToys(t *testing.T) {
	sample := func(toy Toy, n int) error { _, err := toy.Sample(n, 0); return err }
	split := func(toy Toy, a, b int) error { _, _, err := toy.Split(a, b, 0); return err }
	_, unknown := ToyNamed("bananas")
	for _, c := range []struct {
		what string
		err  error
		says []string
	}{
		{"negative noise", sample(Moons(-1), 10), []string{"moons", "noise -1"}},
		{"NaN noise", sample(Circles(math.NaN(), .5), 10), []string{"circles", "noise NaN"}},
		{"factor", sample(Circles(.05, 1), 10), []string{"factor 1", "[0, 1)"}},
		{"covariance", sample(CorrelatedGaussian(1), 10), []string{"covariance 1"}},
		{"no points", sample(Moons(.05), 0), []string{"moons", "0 points"}},
		{"empty toy", sample(Toy{}, 10), []string{"empty Toy", "Moons"}},
		{"no training points", split(Moons(.05), 1, 10), []string{"moons", "at least 2"}},
		{"no such toy", unknown, []string{"bananas", "circles", "checkerboard"}},
	} {
		wantError(t, c.what, c.err, c.says...)
	}
	if p, err := Moons(0).Sample(10, 0); err != nil || p.Len() != 10 { // drawn, but without a density
		t.Error(p, err)
	}
	for _, v := range []float64{Moons(0).LogDensity(1, 0), Moons(0).Entropy(), Toy{}.LogDensity(0, 0), Toy{}.Entropy()} {
		if !math.IsNaN(v) {
			t.Errorf("a density where there is none: %v", v)
		}
	}
}
