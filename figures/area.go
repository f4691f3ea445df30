package figures

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Area is a rectangle of the plane.
type Area struct{ XMin, XMax, YMin, YMax float64 }

// Around is the square area of the given half width around the origin.
func Around(half float64) Area { return Area{-half, half, -half, half} }

// Points are the centres of the area's nx × ny equal cells, row by row from the
// bottom: what a density is evaluated at for DensityMap.
func (a Area) Points(nx, ny int) [][2]float64 {
	points := make([][2]float64, 0, max(0, nx)*max(0, ny))
	dx, dy := (a.XMax-a.XMin)/float64(nx), (a.YMax-a.YMin)/float64(ny)
	for j := range ny {
		for i := range nx {
			points = append(points, [2]float64{a.XMin + (float64(i)+0.5)*dx, a.YMin + (float64(j)+0.5)*dy})
		}
	}
	return points
}

func (a Area) empty() bool { return a == Area{} }

func (a Area) check() error {
	for _, v := range []float64{a.XMin, a.XMax, a.YMin, a.YMax} {
		if !finite(v) {
			return fmt.Errorf("figures: area %+v: every side must be finite and within ±1e100", a)
		}
	}
	if !(a.XMin < a.XMax && a.YMin < a.YMax) {
		return fmt.Errorf("figures: area %+v: its minimum must be less than its maximum on both axes", a)
	}
	return nil
}

// show makes the area the range of the axes, and the figure as high as shows it
// with about equal units on both, within reason.
func (f *Figure) show(a Area) {
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = a.XMin, a.XMax, a.YMin, a.YMax
	width, height := f.Width-64*Px, vg.Length(52*Px) // without axes
	if f.density != nil && !f.density.bar.hidden {
		width -= barSpace
	}
	if f.Title.Text != "" {
		height += 24 * Px
	}
	if len(f.keys) > 0 {
		height += 22 * Px
	}
	if f.Note != "" {
		height += 19 * Px
	}
	shape := (a.YMax - a.YMin) / (a.XMax - a.XMin)
	f.Height = height + vg.Length(min(max(shape, 0.3), 1.5))*width
}

// units makes a unit as long on x as on y where that is wanted, and returns the part of c that p is to be drawn on: by
// wider ranges or, of figures that are alike and keep theirs, by a smaller part.
func (f *Figure) units(p *plot.Plot, c draw.Canvas) draw.Canvas {
	switch {
	case f.alike:
		return letterbox(p, c)
	case f.equalUnits:
		equalize(p, c)
	}
	return c
}

// letterbox cuts c at its top or right until a unit is as long on x as on y.
func letterbox(p *plot.Plot, c draw.Canvas) draw.Canvas {
	for range 2 { // other ticks change the size of the canvas a little
		size := p.DataCanvas(c).Size()
		high := size.X * vg.Length((p.Y.Max-p.Y.Min)/(p.X.Max-p.X.Min))
		if high < size.Y {
			c = draw.Crop(c, 0, 0, 0, high-size.Y)
		} else {
			c = draw.Crop(c, 0, size.X*(size.Y/high-1), 0, 0)
		}
	}
	return c
}

// equalize widens the range of one axis of p so that a unit is as long on both
// when p is drawn on c.
func equalize(p *plot.Plot, c draw.Canvas) {
	for range 2 { // other ticks change the size of the canvas a little
		size := p.DataCanvas(c).Size()
		x := (p.X.Max - p.X.Min) / float64(size.X)
		y := (p.Y.Max - p.Y.Min) / float64(size.Y)
		unit := max(x, y)
		stretch(&p.X, unit*float64(size.X))
		stretch(&p.Y, unit*float64(size.Y))
	}
}

func stretch(a *plot.Axis, length float64) {
	middle := a.Min/2 + a.Max/2
	a.Min, a.Max = middle-length/2, middle+length/2
}
