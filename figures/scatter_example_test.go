package figures_test

import (
	"log"

	"flowbook/figures"
)

// Noisy moons and what a model makes of them.
func ExampleScatter() {
	f, err := figures.Scatter(moons(1000, 0.08, 1), moons(1000, 0.12, 2), figures.ScatterOptions{Title: "Noisy moons"})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("scatter.png"); err != nil {
		log.Fatal(err)
	}
}
