package experiment

import (
	"bytes"
	"context"
	"math"

	"flowbook/figures"
	"flowbook/journal"
	"flowbook/realnvp"
)

// Pairs makes points of a flat [n, 2] slice.
func Pairs(x []float32) [][2]float64 {
	p := make([][2]float64, len(x)/2)
	for i := range p {
		p[i] = [2]float64{float64(x[2*i]), float64(x[2*i+1])}
	}
	return p
}

// Flat makes a flat [n, 2] slice of points.
func Flat(p [][2]float64) []float32 {
	x := make([]float32, 0, 2*len(p))
	for _, q := range p {
		x = append(x, float32(q[0]), float32(q[1]))
	}
	return x
}

// shown is the part of the plane that the toys' figures show, and cells how finely they show a density.
var shown = figures.Around(3)

const cells = 120

// Scatter draws 1,500 training points in blue and as many of the model's own in red.
func (s *ToySet) Scatter(ctx context.Context, model *realnvp.Model, title string) (*figures.Figure, error) {
	const n = 1500
	x, err := model.Sample(ctx, n, realnvp.SampleConfig{Seed: 1})
	if err != nil {
		return nil, err
	}
	return figures.Scatter(Pairs(s.Train.X[:2*min(n, s.Train.Len())]), Pairs(x), figures.ScatterOptions{Title: title, Limits: shown})
}

// LearnedDensity draws the density that a model of the plane learned.
func LearnedDensity(ctx context.Context, model *realnvp.Model, title string) (*figures.Figure, error) {
	density, err := densityOn(ctx, model, shown, cells)
	if err != nil {
		return nil, err
	}
	return figures.DensityMap(density, shown, cells, figures.DensityOptions{Title: title})
}

// TrueDensity draws the density that the points came from, in the space scaled as they are.
func (s *ToySet) TrueDensity(title string) (*figures.Figure, error) {
	scaling := s.Train.Scaling
	var density []float64
	for _, p := range shown.Points(cells, cells) {
		density = append(density, math.Exp(s.LogDensity(scaling.Undo(p[0], p[1]))+scaling.Offset()))
	}
	return figures.DensityMap(density, shown, cells, figures.DensityOptions{Title: title})
}

// Grid draws what the flow's inverse makes of a square lattice of the latent space, the points behind it.
func (s *ToySet) Grid(ctx context.Context, model *realnvp.Model, title string) (*figures.Figure, error) {
	x, err := model.Decode(ctx, Flat(figures.StandardLattice.Points()))
	if err != nil {
		return nil, err
	}
	points := Pairs(s.Train.X[:2*min(1500, s.Train.Len())])
	return figures.DeformedGrid(Pairs(x), figures.StandardLattice, figures.DeformedGridOptions{Title: title, Data: points})
}

// Mass integrates a model's density over the square of half-width half by the midpoint rule on n × n cells: 1, where
// the square holds all of it and the cells are small beside its features.
func Mass(ctx context.Context, model *realnvp.Model, half float64, n int) (float64, error) {
	density, err := densityOn(ctx, model, figures.Around(half), n)
	sum := 0.0
	for _, d := range density {
		sum += d
	}
	cell := 2 * half / float64(n)
	return sum * cell * cell, err
}

// densityOn is a model's density on n × n cells of an area.
func densityOn(ctx context.Context, model *realnvp.Model, area figures.Area, n int) ([]float64, error) {
	density, err := model.LogProb(ctx, Flat(area.Points(n, n)))
	for i, v := range density {
		density[i] = math.Exp(v)
	}
	return density, err
}

// attach puts the pictures of Scatter and LearnedDensity into a run.
func (s *ToySet) attach(ctx context.Context, run *journal.Run, model *realnvp.Model) error {
	scatter, err := s.Scatter(ctx, model, s.Train.Name)
	if err != nil {
		return err
	}
	density, err := LearnedDensity(ctx, model, "learned density")
	if err != nil {
		return err
	}
	for _, f := range []struct { // in this order in the run
		name   string
		figure *figures.Figure
	}{{"samples", scatter}, {"density", density}} {
		var png bytes.Buffer
		if err := f.figure.WritePNG(&png); err != nil {
			return err
		}
		if err := run.Figure(f.name, "image/png", png.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
