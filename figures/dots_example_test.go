package figures_test

import (
	"log"

	"flowbook/figures"
)

// Five seeds of three models.
func ExampleDots() {
	f, err := figures.Dots([]figures.Group{
		{Name: "affine, 32 couplings", Values: []float64{0.071, 0.083, 0.066, 0.12, 0.09}},
		{Name: "affine, 10 couplings", Values: []float64{0.19, 0.21, 0.155, 0.24, 0.18}},
		{Name: "spline, 8 couplings", Values: []float64{0.011, 0.014, 0.009, 0.012, 0.02}},
	}, figures.DotsOptions{Title: "Circles: gap to the floor", X: "gap, nats", Reference: figures.Score{Name: "the true density", Value: 0}})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("dots.svg"); err != nil {
		log.Fatal(err)
	}
}
