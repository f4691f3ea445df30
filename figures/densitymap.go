package figures

import (
	"fmt"
	"image"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// DensityOptions says how DensityMap draws.
type DensityOptions struct {
	Title string
	X, Y  string // axis labels; "" means "x₁" and "x₂"
	Unit  string // label of the colour bar; "" means "density"

	// Points are drawn over the map as small red dots.
	Points [][2]float64
}

// DensityMap draws a density over an area in colour, with contour lines at the
// values marked on the colour bar. density holds its values at
// area.Points(nx, ny) for the given nx and as many rows as there are values;
// log-densities must be exponentiated first.
//
// When a few cells are far denser than all others the scale stops below them and
// the note says so. A density that is not finite is drawn grey and counted.
func DensityMap(density []float64, area Area, nx int, opt DensityOptions) (*Figure, error) {
	if err := area.check(); err != nil {
		return nil, err
	}
	const most = 1000
	ny := 0
	if nx > 0 {
		ny = len(density) / nx
	}
	if ny*nx != len(density) || nx < 2 || ny < 2 || nx > most || ny > most {
		return nil, fmt.Errorf("figures: density map: %d values in rows of %d: there must be 2 to %d whole rows of 2 to %d values (see Area.Points)",
			len(density), nx, most, most)
	}
	kept, dropped, err := finiteValues("density map", density)
	if err != nil {
		return nil, err
	}
	f := newFigure("density", 560, 460, opt.Title, or(opt.X, "x₁"), or(opt.Y, "x₂"))
	f.Raster = true
	m := &densityMap{density: density, area: area, nx: nx, ny: ny, kept: kept,
		note: leftOut(dropped, len(density), "values"), bar: colorBar{label: or(opt.Unit, "density")}}
	f.density = m
	f.scale(kept)
	f.Add(m)
	if len(opt.Points) > 0 {
		points, _, err := finitePoints("density map: points", opt.Points)
		if err != nil {
			return nil, err
		}
		points, _ = few(points, "points")
		f.Add(newPoints(points, Red))
	}
	f.paint = func(c draw.Canvas) {
		left := c
		if !m.bar.hidden {
			left = draw.Crop(c, 0, -barSpace, 0, 0)
		}
		body := f.body(left)
		left = f.units(&body, left)
		body.Draw(left)
		if m.bar.hidden {
			return
		}
		c.Min.X = left.Max.X
		data := body.DataCanvas(left)
		c.Min.Y, c.Max.Y = data.Min.Y, data.Max.Y
		m.bar.draw(c)
	}
	f.show(area)
	return f, nil
}

// densityMap draws the map and its contours; its scale may still change.
type densityMap struct {
	density []float64
	area    Area
	nx, ny  int
	kept    []float64 // the finite values
	note    string    // what was left out
	bar     colorBar
}

// scale makes the colours of a density map cover the values, and the note say where they stop.
func (f *Figure) scale(values []float64) {
	m := f.density
	low, high := extent(values)
	low = min(low, 0)
	f.Note = m.note
	if cap := 2 * quantile(values, 0.995); high > 2*cap && cap > 0 {
		f.Note = notes(f.Note, fmt.Sprintf("The scale stops at %.3g; the densest cell has %.3g.", cap, high))
		high = cap
	}
	if high-low < 1/beyond {
		high = low + 1 // nothing anywhere
	}
	m.bar.low, m.bar.high = low, high
}

// Plot implements plot.Plotter.
func (m *densityMap) Plot(c draw.Canvas, p *plot.Plot) {
	heat(m.density, m.area, m.nx, m.ny, m.bar).Plot(c, p)
	contours(m.density, m.area, m.nx, m.ny, m.bar).Plot(c, p)
}

// heat is the density as an image, one dot a cell.
func heat(density []float64, a Area, nx, ny int, bar colorBar) plot.Plotter {
	img := image.NewNRGBA(image.Rect(0, 0, nx, ny))
	for i, v := range density {
		img.SetNRGBA(i%nx, ny-1-i/nx, bar.color(v))
	}
	return plotter.NewImage(img, a.XMin, a.YMin, a.XMax, a.YMax)
}

func contours(density []float64, a Area, nx, ny int, bar colorBar) plot.Plotter {
	c := plotter.NewContour(cells{density, a, nx, ny, bar.low}, bar.levels(), palette.Palette(nil))
	c.LineStyles = []draw.LineStyle{{Color: contour, Width: 0.8 * Px}}
	return c
}

// cells is a density as gonum's GridXYZ; what is not finite counts as low.
type cells struct {
	density []float64
	area    Area
	nx, ny  int
	low     float64
}

func (g cells) Dims() (c, r int) { return g.nx, g.ny }

func (g cells) X(c int) float64 {
	return g.area.XMin + (float64(c)+0.5)*(g.area.XMax-g.area.XMin)/float64(g.nx)
}

func (g cells) Y(r int) float64 {
	return g.area.YMin + (float64(r)+0.5)*(g.area.YMax-g.area.YMin)/float64(g.ny)
}

func (g cells) Z(c, r int) float64 {
	if v := g.density[r*g.nx+c]; finite(v) {
		return v
	}
	return g.low
}
