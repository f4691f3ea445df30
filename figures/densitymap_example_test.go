package figures_test

import (
	"log"

	"flowbook/figures"
)

// A density evaluated on a grid, with some data over it.
func ExampleDensityMap() {
	area := figures.Area{XMin: -2.2, XMax: 2.2, YMin: -1.8, YMax: 1.8}
	const nx, ny = 220, 180
	var density []float64
	for _, p := range area.Points(nx, ny) {
		density = append(density, moonsDensity(p[0], p[1], 0.15))
	}
	f, err := figures.DensityMap(density, area, nx, figures.DensityOptions{
		Title: "Noisy moons: density", Points: moons(200, 0.15, 1),
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("densitymap.png"); err != nil {
		log.Fatal(err)
	}
}
