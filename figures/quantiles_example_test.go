package figures_test

import (
	"log"
	"math/rand/v2"

	"flowbook/figures"
)

// Values with tails a little too heavy for a normal.
func ExampleQuantileQuantile() {
	rng := rand.New(rand.NewPCG(5, 6))
	z := make([]float64, 2000)
	for i := range z {
		z[i] = rng.NormFloat64()
		if i%20 == 0 {
			z[i] *= 1.8
		}
	}
	f, err := figures.QuantileQuantile(z, figures.QuantileOptions{Title: "Latent against N(0, 1)", Y: "z"})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("quantiles.svg"); err != nil {
		log.Fatal(err)
	}
}
