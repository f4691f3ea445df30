package figures

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// QuantileOptions says how QuantileQuantile draws.
type QuantileOptions struct {
	Title string
	X, Y  string // axis labels; "" means "N(0, 1) quantile" and "value"

	// Quantile is the inverse of the distribution function to compare with; nil
	// means that of N(0, 1).
	Quantile func(p float64) float64
}

// QuantileQuantile draws the sorted values against the quantiles they would have
// under a distribution: the k-th of n at p = (k − ½)/n. On the dashed diagonal
// the two agree. The grey band holds 95 % of such points if the values follow
// the distribution: the k-th has U ~ Beta(k, n+1−k) for its p. Of many values
// some 300 are drawn, all of the tails among them.
func QuantileQuantile(values []float64, opt QuantileOptions) (*Figure, error) {
	kept, dropped, err := finiteValues("quantile plot", values)
	if err != nil {
		return nil, err
	}
	slices.Sort(kept)
	if opt.Quantile == nil {
		opt.Quantile = distuv.UnitNormal.Quantile
		opt.X = or(opt.X, "N(0, 1) quantile")
	}
	n := len(kept)
	var dots [][2]float64
	var lower, upper plotter.XYs
	for _, k := range ranks(n) {
		x, err := quantileAt(opt.Quantile, (float64(k)-0.5)/float64(n))
		if err != nil {
			return nil, err
		}
		dots = append(dots, [2]float64{x, kept[k-1]})
		a, b := float64(k), float64(n+1-k)
		lo, err := quantileAt(opt.Quantile, mathext.InvRegIncBeta(a, b, 0.025))
		if err != nil {
			return nil, err
		}
		hi, err := quantileAt(opt.Quantile, mathext.InvRegIncBeta(a, b, 0.975))
		if err != nil {
			return nil, err
		}
		lower, upper = append(lower, plotter.XY{X: x, Y: lo}), append(upper, plotter.XY{X: x, Y: hi})
	}
	f := newFigure("quantiles", 460, 460, opt.Title, or(opt.X, "quantile"), or(opt.Y, "value"))
	f.equalUnits = true
	x0, x1 := widen(dots[0][0], dots[len(dots)-1][0], 0.05)
	y0, y1, hidden := bulk(kept)
	y0, y1 = widen(min(x0, y0), max(x1, y1), 0.02)
	region := band{lower, upper, fade(Frame, 0.3)}
	diagonal := &plotter.Line{XYs: plotter.XYs{{X: min(x0, y0), Y: min(x0, y0)}, {X: max(x1, y1), Y: max(x1, y1)}}, LineStyle: dashed(Ink)}
	cloud := points{dots, dot(fade(Blue, 0.8), 2.2)}
	f.Add(region, diagonal, cloud)
	f.addKey("95 % band", swatch{region.fill, draw.LineStyle{}})
	f.addKey("equal", diagonal)
	f.addKey("values", cloud)
	f.Note = notes(leftOut(dropped, len(values), "values"), outsideNote(hidden, kept))
	f.show(Area{x0, x1, y0, y1})
	return f, nil
}

func quantileAt(quantile func(float64) float64, p float64) (float64, error) {
	x := quantile(p)
	if !finite(x) {
		return 0, fmt.Errorf("figures: quantile plot: the quantile at p = %.4g is %v: it must be finite for 0 < p < 1", p, x)
	}
	return x, nil
}

// ranks picks about 300 of the ranks 1 … n, the 30 at each end among them.
func ranks(n int) []int {
	const ends, middle = 30, 240
	var all []int
	for k := 1; k <= n; k++ {
		if k > ends && k <= n-ends && n > 2*ends+middle {
			next := k + (n-2*ends)/middle
			all = append(all, k)
			k = min(next, n-ends+1) - 1
			continue
		}
		all = append(all, k)
	}
	return all
}

// band fills what lies between two curves over the same x.
type band struct {
	lower, upper plotter.XYs
	fill         color.Color
}

// Plot implements plot.Plotter.
func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var outline []vg.Point
	for _, at := range b.upper {
		outline = append(outline, vg.Point{X: x(at.X), Y: y(at.Y)})
	}
	for _, at := range slices.Backward(b.lower) {
		outline = append(outline, vg.Point{X: x(at.X), Y: y(at.Y)})
	}
	if outline = c.ClipPolygonXY(outline); len(outline) > 2 {
		c.FillPolygon(b.fill, outline)
	}
}
