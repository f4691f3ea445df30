package chart

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Options say how [Curves] draws; the zero value is 560×260 CSS pixels with a linear axis.
type Options struct {
	Title   string
	XLabel  string // "step" when empty; X is in whole numbers
	Width   int
	Height  int
	Scale   Scale // of the axis of values; of a logarithmic one, those that are not positive are left out
	Columns int   // how many columns a curve is reduced to, each to its extremes; one for 2 pixels when 0
	Dress   Dress
	// Points has the drawn points, and the means of what was reduced, in attributes too, for a script.
	Points bool
}

// Curves draws curves over each other as an SVG element to stand in HTML: text in the colour of the page, no script, no outside
// reference. A million points become a few thousand, the extremes of each column kept; NaN and infinities interrupt the line and are
// marked with a cross and a bar at the foot, and a logarithmic axis says how many values it has no place for.
func Curves(o Options, curves ...Curve) string {
	if o.Width <= 0 {
		o.Width = 560
	}
	if o.Height <= 0 {
		o.Height = 260
	}
	if o.XLabel == "" {
		o.XLabel = "step"
	}
	curves = slices.Clone(curves)
	for i, c := range curves {
		curves[i] = c.trimmed()
	}
	p := newPlot(o, curves)
	p.sheet = newSheet(o.Dress, float64(o.Width), float64(o.Height), p.describe(), p.frameAttributes())
	if o.Title != "" {
		p.heading(p.left, 14, "start", o.Title)
	}
	if p.empty {
		p.text(float64(o.Width)/2, float64(o.Height)/2, centred, "no values to draw")
	} else {
		p.axes()
	}
	for i, c := range curves {
		p.curve(i, c)
	}
	p.legend()
	return p.end()
}

// A plot maps points to pixels.
type plot struct {
	Options
	*sheet
	curves                   []Curve
	left, right, top, bottom float64
	x, y                     axis
	empty                    bool
}

func newPlot(o Options, curves []Curve) *plot {
	p := &plot{Options: o, curves: curves, left: 58, right: float64(o.Width) - 12, top: 14, bottom: float64(o.Height) - 34}
	if o.Title != "" {
		p.top += 14
	}
	p.top += 14 * float64(p.legendLines())
	p.x, _ = newAxis(Linear, each(curves, func(c Curve) []float64 { return c.X }))
	if p.x.low == p.x.high {
		p.x.low, p.x.high = p.x.low-1, p.x.high+1
	}
	var ok bool
	p.y, ok = newAxis(o.Scale, each(curves, func(c Curve) []float64 { return c.Y }))
	p.y, p.empty = p.y.widened(0.04), !ok
	return p
}

// each visits the numbers of curves.
func each(curves []Curve, numbers func(Curve) []float64) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		for _, c := range curves {
			for _, v := range numbers(c) {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// px and py are the place of a point in pixels.
func (p *plot) px(x float64) float64 { return p.left + p.x.at(x)*(p.right-p.left) }
func (p *plot) py(y float64) float64 { return p.bottom - p.y.at(y)*(p.bottom-p.top) }

// columnsOf is how many columns a curve is reduced to.
func (p *plot) columnsOf() int {
	if p.Columns > 0 {
		return p.Columns
	}
	return max(1, int(p.right-p.left)/2)
}

// described is how many curves a picture names in words.
const described = 6

// describe says in words what the picture shows.
func (p *plot) describe() string {
	var parts []string
	for i, c := range p.curves {
		if i == described {
			parts = append(parts, fmt.Sprintf("and %d more", len(p.curves)-described))
			break
		}
		parts = append(parts, short(c.Name, 60)+": "+c.inWords())
	}
	title := p.Title
	if title == "" {
		title = "Curves"
	}
	return title + ". " + strings.Join(parts, "; ")
}

func (c Curve) inWords() string {
	low, high, n := math.Inf(1), math.Inf(-1), len(c.Y)
	for _, v := range c.Y {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	switch {
	case n == 0:
		return "no points"
	case low > high:
		return fmt.Sprintf("%d points, none finite", n)
	}
	return fmt.Sprintf("%d points, from %.4g to %.4g, last %s", n, low, high, strconv.FormatFloat(c.Y[n-1], 'g', 4, 64))
}
