package figures_test

import (
	"log"

	"flowbook/figures"
)

// Points beside a learned density and the true one: the same axes in the same size, and one colour for one density.
func ExampleAlike() {
	const n = 90
	points, err := figures.Scatter(moons(400, 0.1, 1), moons(400, 0.2, 2), figures.ScatterOptions{Title: "points", Limits: figures.Around(2)})
	if err != nil {
		log.Fatal(err)
	}
	panels := []*figures.Figure{points}
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
	f, err := figures.Beside(3, panels...)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("alike.png"); err != nil {
		log.Fatal(err)
	}
}
