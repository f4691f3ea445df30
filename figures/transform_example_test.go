package figures_test

import (
	"log"
	"math/rand/v2"

	"flowbook/figures"
)

// Figure 1 of the article: uniform numbers carried over to exponential ones.
func ExampleInverseTransform() {
	rng := rand.New(rand.NewPCG(7, 8))
	u := make([]float64, 1000)
	for i := range u {
		u[i] = rng.Float64()
	}
	f, err := figures.InverseTransform(u, figures.Exponential(1), figures.TransformOptions{
		Title: "From uniform to exponential, λ = 1", XMax: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("transform.svg"); err != nil {
		log.Fatal(err)
	}
}
