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
)

// Target is a distribution to sample by inverse transform: its distribution
// function F, the inverse of it, and its density.
type Target struct {
	CDF, Inverse, Density func(float64) float64
}

// Exponential is the exponential distribution with the given rate λ > 0:
// F(x) = 1 − exp(−λx), F⁻¹(u) = −log(1−u)/λ.
func Exponential(rate float64) Target {
	return Target{
		CDF:     func(x float64) float64 { return -math.Expm1(-rate * max(x, 0)) },
		Inverse: func(u float64) float64 { return -math.Log1p(-u) / rate },
		Density: func(x float64) float64 {
			if x < 0 {
				return 0
			}
			return rate * math.Exp(-rate*x)
		},
	}
}

// TransformOptions says how InverseTransform draws.
type TransformOptions struct {
	Title string
	X     string // label of the x axis; "" means "x"

	// XMin and XMax are the part of the axis shown; both 0 shows the points.
	XMin, XMax float64
}

// InverseTransform draws how uniform numbers become numbers of another
// distribution: each u on the y axis is carried across to the curve of F and
// down to x = F⁻¹(u) on the x axis; below, the histogram of all x against the
// density. Of many points, 25 spread over all are carried across.
func InverseTransform(u []float64, target Target, opt TransformOptions) (*Figure, error) {
	if target.CDF == nil || target.Inverse == nil || target.Density == nil {
		return nil, fmt.Errorf("figures: inverse transform: the target needs CDF, Inverse and Density")
	}
	kept, dropped, err := carry(u, target.Inverse)
	if err != nil {
		return nil, err
	}
	var xs []float64
	for _, p := range kept {
		xs = append(xs, p[0])
	}
	lo, hi, _ := bulk(xs)
	if lo, hi = widen(lo, hi, 0.04); opt.XMin != 0 || opt.XMax != 0 {
		lo, hi = opt.XMin, opt.XMax
	}
	if !(lo < hi) || !finite(lo) || !finite(hi) {
		return nil, fmt.Errorf("figures: inverse transform: x axis from %v to %v: XMin must be less than XMax, both finite", lo, hi)
	}
	f, err := carriedOver(kept, target, lo, hi, opt)
	if err != nil {
		return nil, err
	}
	below, err := Histogram(xs, HistogramOptions{X: or(opt.X, "x"), Density: target.Density})
	if err != nil {
		return nil, err
	}
	below.X.Min, below.X.Max = lo, hi
	f.Note = notes(leftOut(dropped, len(u), "points"), below.Note)
	f.Height = 520 * Px
	f.paint = func(c draw.Canvas) { drawAbove(f, below, c) }
	return f, nil
}

// carry pairs each u with its x, sorted by u.
func carry(u []float64, inverse func(float64) float64) (pairs [][2]float64, dropped int, err error) {
	for i, v := range u {
		if v < 0 || v > 1 {
			return nil, 0, fmt.Errorf("figures: inverse transform: u[%d] = %v: a uniform number must be between 0 and 1", i, v)
		}
		pairs = append(pairs, [2]float64{inverse(v), v})
	}
	pairs, dropped, err = finitePoints("inverse transform", pairs)
	slices.SortFunc(pairs, func(a, b [2]float64) int {
		if a[1] < b[1] {
			return -1
		}
		return 1
	})
	return pairs, dropped, err
}

// carriedOver is the upper plot: the curve of F and the points carried across.
func carriedOver(pairs [][2]float64, target Target, lo, hi float64, opt TransformOptions) (*Figure, error) {
	const samples, most = 300, 25
	f := newFigure("inverse-transform", 700, 340, opt.Title, "", "u = F(x)")
	curve := &plotter.Line{LineStyle: draw.LineStyle{Color: Red, Width: 1.8 * Px}}
	for i := range samples + 1 {
		x := lo + (hi-lo)*float64(i)/samples
		y := target.CDF(x)
		if !finite(y) {
			return nil, fmt.Errorf("figures: inverse transform: F(%.4g) = %v: it must be finite", x, y)
		}
		curve.XYs = append(curve.XYs, plotter.XY{X: x, Y: y})
	}
	shown := pairs
	if len(pairs) > most {
		shown = nil
		for i := range most {
			shown = append(shown, pairs[(2*i+1)*len(pairs)/(2*most)])
		}
	}
	f.Add(curve, carried{shown})
	f.addKey("uniform u", carriedKey{Teal})
	f.addKey("F, and the density below", curve)
	f.addKey("x = F⁻¹(u)", carriedKey{Blue})
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = lo, hi, 0, 1.02
	return f, nil
}

// drawAbove draws two plots one above the other with a common x axis.
func drawAbove(above, below *Figure, c draw.Canvas) {
	parts := [2]draw.Canvas{c, c}
	parts[1].Max.Y = c.Min.Y + 0.42*c.Size().Y
	parts[0].Min.Y = parts[1].Max.Y + 2*Px
	upper, lower := above.body(parts[0]), below.body(parts[1])
	upper.X.Tick.Marker = unlabelled{upper.X.Tick.Marker}
	x := max(upper.DataCanvas(parts[0]).Min.X, lower.DataCanvas(parts[1]).Min.X)
	right := min(upper.DataCanvas(parts[0]).Max.X, lower.DataCanvas(parts[1]).Max.X)
	for i, p := range []*plot.Plot{&upper, &lower} {
		data := p.DataCanvas(parts[i])
		p.Draw(draw.Crop(parts[i], x-data.Min.X, right-data.Max.X, 0, 0))
	}
}

// unlabelled keeps the ticks of an axis, without their numbers.
type unlabelled struct{ plot.Ticker }

// Ticks implements plot.Ticker. A space, unlike nothing, keeps a tick major and
// so its grid line.
func (u unlabelled) Ticks(lo, hi float64) []plot.Tick {
	ticks := u.Ticker.Ticks(lo, hi)
	for i := range ticks {
		ticks[i].Label = " "
	}
	return ticks
}

// carried draws (x, u) pairs: a dot on the y axis, the way to the curve and down,
// a dot on the x axis.
type carried struct{ pairs [][2]float64 }

// Plot implements plot.Plotter.
func (p carried) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	across := draw.LineStyle{Color: fade(Teal, 0.55), Width: 0.9 * Px}
	down := draw.LineStyle{Color: fade(Blue, 0.55), Width: 0.9 * Px}
	for _, at := range p.pairs {
		to := vg.Point{X: x(at[0]), Y: y(at[1])}
		if c.ContainsX(to.X) {
			c.StrokeLine2(across, c.Min.X, to.Y, to.X, to.Y)
			c.StrokeLine2(down, to.X, to.Y, to.X, c.Min.Y)
			c.DrawGlyphNoClip(dot(Blue, 3), vg.Point{X: to.X, Y: c.Min.Y})
		}
		c.DrawGlyphNoClip(dot(Teal, 3), vg.Point{X: c.Min.X, Y: to.Y})
	}
}

// carriedKey is a dot with the line that leaves it.
type carriedKey struct{ color color.Color }

// Thumbnail implements plot.Thumbnailer.
func (k carriedKey) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(draw.LineStyle{Color: k.color, Width: 0.9 * Px}, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
	c.DrawGlyphNoClip(dot(k.color, 3), c.Center())
}
