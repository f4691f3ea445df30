package figures_test

import (
	"log"
	"math"
	"math/rand/v2"

	"flowbook/figures"
)

// Two training runs, smoothed, with a level and a curve to measure them
// against; all numbers are made up.
func ExampleLossCurves() {
	rng := rand.New(rand.NewPCG(1, 2))
	run := func(name string, floor, rate float64) figures.Series {
		s := figures.Series{Name: name}
		for step := range 600 {
			s.Y = append(s.Y, floor+3*math.Exp(-rate*float64(step))+0.12*rng.NormFloat64())
		}
		return s
	}
	runs := []figures.Series{run("batch norm", 1.6, 0.012), run("instance norm", 1.8, 0.02)}
	runs[0].Y[0] = 48 // the first step of an untrained flow

	f, err := figures.LossCurves(runs, figures.CurveOptions{
		Title:  "Training loss of two runs",
		Y:      "loss (bits/dim)",
		Smooth: 0.9,
		References: []figures.Reference{
			figures.Level("published, test", 1.67),
			{Name: "published, each epoch", X: []float64{100, 200, 300, 400, 500, 600}, Y: []float64{2.9, 2.3, 2.0, 1.85, 1.76, 1.7}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("losscurves.svg"); err != nil {
		log.Fatal(err)
	}
}
