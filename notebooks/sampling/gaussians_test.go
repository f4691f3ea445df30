package sampling

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Three Gaussians far apart are found: what the fit scores on new rows is the entropy that the draws have.
func TestFitGaussiansFindsTheMixture(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	draw := func(n int) [][]float64 {
		rows := make([][]float64, n)
		for i := range rows {
			k := float64(i % 3)
			x := rng.NormFloat64()
			rows[i] = []float64{10*k + x, -8*k + 0.5*x + 0.1*rng.NormFloat64()}
		}
		return rows
	}
	train, test := draw(1500), draw(1500)
	best := math.Inf(1)
	for seed := range uint64(4) { // one start may find two of the three
		g, err := FitGaussians(train, 3, 30, 1e-6, seed)
		if err != nil {
			t.Fatal(err)
		}
		best = min(best, g.NLL(test))
	}
	entropy := math.Log(3) + math.Log(2*math.Pi*math.E) + math.Log(0.1)
	if math.Abs(best-entropy) > 0.08 {
		t.Errorf("−log p of new rows is %.3f, the entropy %.3f", best, entropy)
	}
	one, err := FitGaussians(train, 1, 1, 1e-6, 1)
	if err != nil || one.NLL(test) < entropy+1 {
		t.Errorf("one Gaussian scores %v, %v", one.NLL(test), err)
	}
	if _, err := FitGaussians(train[:3], 2, 10, 1e-6, 1); err == nil {
		t.Error("two Gaussians of three rows")
	}
}
