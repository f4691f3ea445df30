package figures

import (
	"fmt"
	"image/color"
	"math/rand/v2"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ScatterOptions says how Scatter draws.
type ScatterOptions struct {
	Title string
	X, Y  string // axis labels; "" means "x₁" and "x₂"

	// Data and Samples name the two sets in the key; "" means "data" and "samples".
	Data, Samples string

	// Limits is the part of the plane shown; the zero value shows all points but a
	// few that lie far outside.
	Limits Area
}

// mostPoints of one set are drawn; more would only hide each other.
const mostPoints = 5000

// Scatter draws data in blue and a model's samples in red over them, with equal
// units on both axes. Either may be empty, not both. Of more than 5,000 points a
// set, as many chosen at random (but always the same) are drawn, and the note
// says so.
func Scatter(data, samples [][2]float64, opt ScatterOptions) (*Figure, error) {
	if len(data)+len(samples) == 0 {
		return nil, noneLeft("scatter", "points", 0, 0)
	}
	f := newFigure("scatter", 460, 460, opt.Title, or(opt.X, "x₁"), or(opt.Y, "x₂"))
	f.Raster, f.equalUnits = true, true
	var xs, ys []float64
	for _, set := range []struct {
		points [][2]float64
		name   string
		color  color.NRGBA
	}{{data, or(opt.Data, "data"), Blue}, {samples, or(opt.Samples, "samples"), Red}} {
		if len(set.points) == 0 {
			continue
		}
		kept, dropped, err := finitePoints("scatter: "+set.name, set.points)
		if err != nil {
			return nil, err
		}
		for _, p := range kept {
			xs, ys = append(xs, p[0]), append(ys, p[1])
		}
		shown, note := few(kept, set.name)
		cloud := newPoints(shown, set.color)
		f.Add(cloud)
		f.addKey(set.name, cloud)
		f.Note = notes(f.Note, leftOut(dropped, len(set.points), "points of "+set.name), note)
	}
	if !opt.Limits.empty() {
		if err := opt.Limits.check(); err != nil {
			return nil, err
		}
		f.show(opt.Limits)
		return f, nil
	}
	x0, x1, hiddenX := bulk(xs)
	y0, y1, hiddenY := bulk(ys)
	if hiddenX+hiddenY > 0 {
		f.Note = notes(f.Note, fmt.Sprintf("At most %s points lie outside the axes.", count(hiddenX+hiddenY)))
	}
	x0, x1 = widen(x0, x1, 0.05)
	y0, y1 = widen(y0, y1, 0.05)
	f.show(Area{x0, x1, y0, y1})
	return f, nil
}

// few picks at most mostPoints of the points, the same for the same number of
// them.
func few(points [][2]float64, name string) ([][2]float64, string) {
	if len(points) <= mostPoints {
		return points, ""
	}
	shown, _ := fewIndices(len(points))
	picked := make([][2]float64, len(shown))
	for k, i := range shown {
		picked[k] = points[i]
	}
	return picked, fmt.Sprintf("%s of %s points of %s are drawn.", count(mostPoints), count(len(points)), name)
}

// fewIndices picks at most mostPoints of 0 … n−1, the same for the same n.
func fewIndices(n int) (picked []int, note string) {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range n { // keeps each with the chance that fills what is left
		if n <= mostPoints || rng.IntN(n-i) < mostPoints-len(picked) {
			picked = append(picked, i)
		}
	}
	if n > mostPoints {
		note = fmt.Sprintf("%s of %s points are drawn.", count(mostPoints), count(n))
	}
	return picked, note
}

// points draws dots, smaller and fainter the more there are.
type points struct {
	at    [][2]float64
	style draw.GlyphStyle
}

func newPoints(at [][2]float64, c color.NRGBA) points {
	switch n := len(at); {
	case n > 2000:
		return points{at, dot(fade(c, 0.45), 1.4)}
	case n > 300:
		return points{at, dot(fade(c, 0.6), 1.9)}
	}
	return points{at, dot(fade(c, 0.75), 2.6)}
}

// Plot implements plot.Plotter.
func (p points) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	for _, at := range p.at {
		c.DrawGlyph(p.style, vg.Point{X: x(at[0]), Y: y(at[1])})
	}
}

// Thumbnail implements plot.Thumbnailer.
func (p points) Thumbnail(c *draw.Canvas) {
	style := p.style
	style.Radius, style.Color = 3.5*Px, opaque(style.Color)
	c.DrawGlyphNoClip(style, c.Center())
}

func opaque(c color.Color) color.NRGBA {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = 255
	return n
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
