package figures

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Group is several numbers of one kind, such as a model's gaps to the floor, one for each seed.
type Group struct {
	Name   string
	Values []float64
}

// DotsOptions says how Dots draws.
type DotsOptions struct {
	Title string
	X     string // what the numbers are, with their unit, such as "gap to the floor, nats"; "" means "value"

	// Reference is marked by a dashed line, such as a gap of zero; "" in its Name draws none.
	Reference Score
}

// Dots draws every number of every group as a dot, a row for each group, first on top, with a bar at the group's mean:
// how far results differ from seed to seed, beside how far methods differ. A value that is not finite is left out, and
// its row says so.
func Dots(groups []Group, opt DotsOptions) (*Figure, error) {
	const most, mostValues = 40, 1000
	if len(groups) > most {
		return nil, fmt.Errorf("figures: dots: %d groups: at most %d fit in a figure", len(groups), most)
	}
	var all []float64
	kept, values := 0, 0
	for _, g := range groups {
		if len(g.Values) > mostValues {
			return nil, fmt.Errorf("figures: dots: %q has %s values: at most %s can be told apart", g.Name, count(len(g.Values)), count(mostValues))
		}
		values += len(g.Values)
		for _, v := range g.Values {
			if finite(v) {
				all = append(all, v)
				kept++
			}
		}
	}
	if err := noneLeft("dots", "values", kept, values); err != nil {
		return nil, err
	}
	f := newFigure("dots", 700, 84+26*float64(len(groups)), opt.Title, or(opt.X, "value"), "")
	if opt.Title != "" {
		f.Height += 24 * Px
	}
	if opt.Reference.Name != "" {
		if !finite(opt.Reference.Value) {
			return nil, fmt.Errorf("figures: dots: the reference %q is %v: it must be a finite number", opt.Reference.Name, opt.Reference.Value)
		}
		all = append(all, opt.Reference.Value)
	}
	f.X.Min, f.X.Max = extent(all)
	f.X.Min, f.X.Max = widen(f.X.Min, f.X.Max, 0.06)
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.Name
	}
	f.rows(names)
	if opt.Reference.Name != "" {
		line := f.vertical(opt.Reference.Value, 0)
		f.addKey(opt.Reference.Name, line)
	}
	f.addKey("a seed", points{style: dot(fade(Blue, 0.6), 4)})
	f.addKey("mean", barKey{})
	f.Height += 22 * Px
	f.Add(groupDots(groups))
	return f, nil
}

// groupDots draws the dots and means.
type groupDots []Group

// Plot implements plot.Plotter.
func (gs groupDots) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for i, g := range gs {
		y := ty(float64(len(gs) - 1 - i))
		sum, n := 0.0, 0
		for _, v := range g.Values {
			if finite(v) {
				sum, n = sum+v, n+1
				c.DrawGlyphNoClip(dot(fade(Blue, 0.6), 4), vg.Point{X: tx(v), Y: y})
			}
		}
		if lost := len(g.Values) - n; lost > 0 || n == 0 {
			c.FillText(textStyle(11.5, Ink), vg.Point{X: c.Min.X + 8*Px, Y: y - 10*Px}, fmt.Sprintf("%d of %d not finite", lost, len(g.Values)))
		}
		if n > 0 {
			x := tx(sum / float64(n))
			c.StrokeLine2(meanBar, x, y-9*Px, x, y+9*Px)
		}
	}
}

var meanBar = draw.LineStyle{Color: Ink, Width: 2 * Px}

type barKey struct{}

// Thumbnail implements plot.Thumbnailer.
func (barKey) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(meanBar, c.Center().X, c.Min.Y, c.Center().X, c.Max.Y)
}
