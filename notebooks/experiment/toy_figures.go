package experiment

import (
	"bytes"
	"context"
	"math"

	"flowbook/data"
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

// ToyScatter draws the first n training points in blue and as many of the model's own in red.
func ToyScatter(ctx context.Context, model *realnvp.Model, train *data.Points, n int) (*figures.Figure, error) {
	x, err := model.Sample(ctx, n, realnvp.SampleConfig{Seed: 1})
	if err != nil {
		return nil, err
	}
	return figures.Scatter(Pairs(train.X[:2*min(n, train.Len())]), Pairs(x),
		figures.ScatterOptions{Title: train.Name + ": data and samples", Data: "data", Samples: "samples", Limits: figures.Around(3)})
}

// ToyDensity draws the density that a model learned, on n × n cells.
func ToyDensity(ctx context.Context, model *realnvp.Model, n int) (*figures.Figure, error) {
	density, area, err := densityOn(ctx, model, 3, n)
	if err != nil {
		return nil, err
	}
	return figures.DensityMap(density, area, n, figures.DensityOptions{Title: "learned density"})
}

// ToyTrueDensity draws the density that the data came from, in the space scaled as points are.
func ToyTrueDensity(toy data.Toy, points *data.Points, n int) (*figures.Figure, error) {
	area := figures.Around(3)
	var density []float64
	for _, p := range area.Points(n, n) {
		density = append(density, math.Exp(toy.LogDensity(points.Scaling.Undo(p[0], p[1]))+points.Scaling.Offset()))
	}
	return figures.DensityMap(density, area, n, figures.DensityOptions{Title: "true density"})
}

// ToyGrid draws what the flow's inverse makes of a square lattice of the latent space, the data behind it.
func ToyGrid(ctx context.Context, model *realnvp.Model, train *data.Points) (*figures.Figure, error) {
	x, err := model.Decode(ctx, Flat(figures.StandardLattice.Points()))
	if err != nil {
		return nil, err
	}
	return figures.DeformedGrid(Pairs(x), figures.StandardLattice, figures.DeformedGridOptions{Data: Pairs(train.X[:2*min(1500, train.Len())])})
}

// Mass integrates a model's density over the square of half-width half by the midpoint rule on n × n cells: 1, where
// the square holds all of it and the cells are small beside its features.
func Mass(ctx context.Context, model *realnvp.Model, half float64, n int) (float64, error) {
	density, _, err := densityOn(ctx, model, half, n)
	sum := 0.0
	for _, d := range density {
		sum += d
	}
	cell := 2 * half / float64(n)
	return sum * cell * cell, err
}

func densityOn(ctx context.Context, model *realnvp.Model, half float64, n int) ([]float64, figures.Area, error) {
	area := figures.Around(half)
	logp, err := model.LogProb(ctx, Flat(area.Points(n, n)))
	for i, v := range logp {
		logp[i] = math.Exp(v)
	}
	return logp, area, err
}

func attachToyFigures(ctx context.Context, run *journal.Run, model *realnvp.Model, train *data.Points) error {
	scatter, err := ToyScatter(ctx, model, train, 1500)
	if err != nil {
		return err
	}
	density, err := ToyDensity(ctx, model, 120)
	if err != nil {
		return err
	}
	for _, f := range []struct {
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
