package figures_test

import (
	"log"

	"flowbook/figures"
)

// A learned density beside the true one: the same axes, and one colour for one density.
func ExampleAlike() {
	const n = 90
	var panels []*figures.Figure
	for _, p := range []struct {
		title string
		noise float64
		area  figures.Area
	}{{"learned", 0.25, figures.Around(2)}, {"true", 0.15, figures.Area{XMin: -2, XMax: 2, YMin: -1, YMax: 1}}} {
		var density []float64
		for _, at := range p.area.Points(n, n) {
			density = append(density, moonsDensity(at[0], at[1], p.noise))
		}
		f, err := figures.DensityMap(density, p.area, n, figures.DensityOptions{Title: p.title})
		if err != nil {
			log.Fatal(err)
		}
		panels = append(panels, f)
	}
	if err := figures.Alike(panels...); err != nil {
		log.Fatal(err)
	}
	f, err := figures.Beside(2, panels...)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("alike.png"); err != nil {
		log.Fatal(err)
	}
}
