package figures

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"flowbook/figures/chart"
)

type lineStyle = draw.LineStyle

// dot is a filled circle of the given radius in CSS pixels.
func dot(c color.Color, radius float64) draw.GlyphStyle {
	return draw.GlyphStyle{Color: c, Radius: vg.Length(radius) * Px, Shape: draw.CircleGlyph{}}
}

// newCurve pairs x and y; nil x means 1, 2, 3, …. A value that is not finite, of either, breaks the curve.
func newCurve(name string, x, y []float64) (chart.Curve, error) {
	if x != nil && len(x) != len(y) {
		return chart.Curve{}, fmt.Errorf("figures: curve %q has %d x values and %d y values: there must be as many", name, len(x), len(y))
	}
	c := chart.Curve{Name: name, X: make([]float64, len(y)), Y: slices.Clone(y)}
	for i := range y {
		c.X[i] = float64(i + 1)
		if x != nil {
			c.X[i] = x[i]
		}
		if !finite(c.X[i]) || !finite(y[i]) {
			c.Y[i] = math.NaN()
		}
	}
	return c, nil
}

// finiteOf are the values that are drawn.
func finiteOf(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !finite(v) })
}

// A columns is where curves are drawn: so many columns between two ends of x.
type columns struct {
	x0, x1 float64
	n      int
}

// span holds curves in n columns.
func span(curves []chart.Curve, n int) columns {
	s := columns{math.Inf(1), math.Inf(-1), max(1, n)}
	for _, c := range curves {
		for i, x := range c.X {
			if finite(c.Y[i]) {
				s.x0, s.x1 = min(s.x0, x), max(s.x1, x)
			}
		}
	}
	if s.x0 == s.x1 {
		s.x1++
	}
	return s
}

// add adds a curve to a plot and returns a line for the legend; nil when there is nothing to draw.
func (s columns) add(p *plot.Plot, c chart.Curve, style lineStyle) *plotter.Line {
	var last *plotter.Line
	for _, points := range c.Pieces(s.x0, s.x1, s.n, finite) {
		piece := make(plotter.XYs, len(points))
		for i, at := range points {
			piece[i] = plotter.XY{X: at[0], Y: at[1]}
		}
		if len(piece) == 1 { // a line of one point is invisible
			p.Add(&plotter.Scatter{XYs: piece, GlyphStyle: dot(style.Color, 2.5)})
		}
		last = &plotter.Line{XYs: piece, LineStyle: style}
		p.Add(last)
	}
	return last
}

// bulk is the range that shows values well: all of it, unless a few lie far
// outside the middle 96 %, in which case those are hidden. It needs 20 values to
// judge and at least one value.
func bulk(values []float64) (lo, hi float64, hidden int) {
	lo, hi = extent(values)
	if len(values) < 20 {
		return lo, hi, 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	low, high := sorted[len(sorted)*2/100], sorted[len(sorted)-1-len(sorted)*2/100]
	span := high - low
	if span == 0 {
		return lo, hi, 0
	}
	if lo < low-2*span {
		lo = low - span/2
	}
	if hi > high+2*span {
		hi = high + span/2
	}
	for _, v := range values {
		if v < lo || v > hi {
			hidden++
		}
	}
	return lo, hi, hidden
}
