package figures

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// newDiagram is a figure without axes that draw paints with a pen.
func newDiagram(name string, width, height float64, paint func(pen)) *Figure {
	f := New(plot.New(), width, height)
	f.Name = name
	f.Title.TextStyle = titleStyle()
	f.paint = func(c draw.Canvas) { paint(pen{c}) }
	return f
}

// pen draws on a canvas in CSS pixels from its upper left corner, y downwards.
type pen struct{ c draw.Canvas }

func (p pen) at(x, y float64) vg.Point {
	return vg.Point{X: p.c.Min.X + vg.Length(x)*Px, Y: p.c.Max.Y - vg.Length(y)*Px}
}

// moved is the pen with its origin at (x, y).
func (p pen) moved(x, y float64) pen {
	at := p.at(x, y)
	p.c.Min.X, p.c.Max.Y = at.X, at.Y
	return p
}

// box fills and frames a rectangle with its upper left corner at (x, y); a nil
// colour leaves it out.
func (p pen) box(x, y, w, h float64, fill, edge color.Color) {
	r := vg.Rectangle{Min: p.at(x, y+h), Max: p.at(x+w, y)}.Path()
	if fill != nil {
		p.c.SetColor(fill)
		p.c.Fill(r)
	}
	if edge != nil {
		p.c.SetLineStyle(draw.LineStyle{Color: edge, Width: Px})
		p.c.Stroke(r)
	}
}

// circle fills and frames a circle around (x, y).
func (p pen) circle(x, y, r float64, fill, edge color.Color) {
	ring := func() vg.Path {
		var path vg.Path
		at := p.at(x, y)
		path.Move(vg.Point{X: at.X + vg.Length(r)*Px, Y: at.Y})
		path.Arc(at, vg.Length(r)*Px, 0, 2*math.Pi)
		path.Close()
		return path
	}
	p.c.SetColor(fill)
	p.c.Fill(ring())
	p.c.SetLineStyle(draw.LineStyle{Color: edge, Width: 1.4 * Px})
	p.c.Stroke(ring())
}

// text centres a line of text on (x, y).
func (p pen) text(x, y, size float64, c color.Color, s string) {
	sty := textStyle(size, c)
	sty.XAlign = draw.XCenter
	at := p.at(x, y)
	at.Y -= vg.Length(0.35*size) * Px // half the height of capitals
	p.c.FillText(sty, at, s)
}

// line strokes a line through the points (x, y), (x, y), ….
func (p pen) line(c color.Color, xy ...float64) {
	var path vg.Path
	path.Move(p.at(xy[0], xy[1]))
	for i := 2; i+1 < len(xy); i += 2 {
		path.Line(p.at(xy[i], xy[i+1]))
	}
	p.c.SetLineStyle(draw.LineStyle{Color: c, Width: 1.4 * Px})
	p.c.Stroke(path)
}

// arrow strokes a line that ends in a head.
func (p pen) arrow(c color.Color, xy ...float64) {
	n := len(xy)
	x0, y0, x1, y1 := xy[n-4], xy[n-3], xy[n-2], xy[n-1]
	length := math.Hypot(x1-x0, y1-y0)
	dx, dy := (x1-x0)/length, (y1-y0)/length
	const head, half = 8, 3.6
	bx, by := x1-head*dx, y1-head*dy
	stem := append(append([]float64{}, xy[:n-2]...), bx+dx, by+dy)
	p.line(c, stem...)
	var path vg.Path
	path.Move(p.at(x1, y1))
	path.Line(p.at(bx-half*dy, by+half*dx))
	path.Line(p.at(bx+half*dy, by-half*dx))
	path.Close()
	p.c.SetColor(c)
	p.c.Fill(path)
}
