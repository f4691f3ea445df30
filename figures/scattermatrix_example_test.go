package figures_test

import (
	"log"
	"math/rand/v2"

	"flowbook/figures"
)

// Three columns of unequal scale, and samples of a model that takes them for independent.
func ExampleScatterMatrix() {
	rng := rand.New(rand.NewPCG(1, 1))
	var data, samples [][]float64
	for range 800 {
		load := rng.Float64()
		data = append(data, []float64{100 * load, 20 + 50*load*load + 2*rng.NormFloat64(), 0.01 * rng.NormFloat64()})
		samples = append(samples, []float64{100 * rng.Float64(), 20 + 50*rng.Float64(), 0.01 * rng.NormFloat64()})
	}
	f, err := figures.ScatterMatrix([]string{"load", "temperature", "drift"}, data, samples, figures.ScatterMatrixOptions{Title: "A pump"})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("scattermatrix.png"); err != nil {
		log.Fatal(err)
	}
}
