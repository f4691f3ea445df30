package figures

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// rows makes the y axis one of named rows, the first on top, at len(names)−1 … 0.
func (f *Figure) rows(names []string) {
	f.Y.Min, f.Y.Max = -0.6, float64(len(names))-0.4
	f.Y.LineStyle.Width, f.Y.Tick.Length = 0, 0
	f.Y.Tick.Label.Color = Ink
	f.Y.Tick.Label.Font = sans(12)
	ticks := make(plot.ConstantTicks, len(names))
	for i, name := range names {
		ticks[i] = plot.Tick{Value: float64(len(names) - 1 - i), Label: shorten(name, 40)}
	}
	f.Y.Tick.Marker = ticks
}

// vertical adds a dashed line over the height of the axes; i tells several apart.
func (f *Figure) vertical(x float64, i int) *plotter.Line {
	line := &plotter.Line{XYs: plotter.XYs{{X: x, Y: f.Y.Min}, {X: x, Y: f.Y.Max}}, LineStyle: dashedLike(i)}
	f.Add(line)
	return line
}
