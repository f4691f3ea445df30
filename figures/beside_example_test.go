package figures_test

import (
	"log"

	"flowbook/figures"
)

// Two sets of points as one picture.
func ExampleBeside() {
	sharp, err := figures.Scatter(moons(400, 0.05, 1), nil, figures.ScatterOptions{Title: "σ = 0.05"})
	if err != nil {
		log.Fatal(err)
	}
	noisy, err := figures.Scatter(moons(400, 0.2, 1), moons(400, 0.25, 2), figures.ScatterOptions{Title: "σ = 0.2"})
	if err != nil {
		log.Fatal(err)
	}
	f, err := figures.Beside(2, sharp, noisy)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("beside.png"); err != nil {
		log.Fatal(err)
	}
}
