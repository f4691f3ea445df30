package figures_test

import (
	"log"
	"math/rand/v2"

	"flowbook/figures"
)

// What the latent of a trained flow may look like, against the standard normal it should follow.
func ExampleHistogram() {
	rng := rand.New(rand.NewPCG(3, 4))
	z := make([]float64, 20_000)
	for i := range z {
		z[i] = 0.96*rng.NormFloat64() + 0.03
	}
	f, err := figures.Histogram(z, figures.HistogramOptions{
		Title: "Latent of the test images",
		X:     "z", Name: "latent",
		Density: figures.StandardNormal, DensityName: "N(0, 1)",
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("histogram.svg"); err != nil {
		log.Fatal(err)
	}
}
