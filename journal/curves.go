package journal

import (
	"context"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// A Curve is a line of [Curves]: Values over Steps, which have equal lengths (the rest of a longer one is left out) and the order of steps.
type Curve struct {
	Label  string
	Steps  []int
	Values []float64
}

// Curve makes a curve of a series.
func (s Series) Curve(label string) Curve { return Curve{label, s.Steps, s.Values} }

// CurveOptions say how [Curves] draws; the zero value is 560×260 CSS pixels with a linear axis.
type CurveOptions struct {
	Title  string
	XLabel string // "step" when empty
	Width  int
	Height int
	Log    bool // logarithmic axis of values; those that are not positive are left out
	Detail int  // how many columns a curve is reduced to, each to its extremes; one for 2 pixels when 0
	Data   bool // the points that are drawn, and the means of what was reduced, are in attributes too, for a script
}

// curveColours have a contrast of at least 3 to white and to near-black; after them the dashes change.
var curveColours = []string{"#1f77d0", "#d55e00", "#009469", "#b5589b", "#8a7a00", "#7b68c8", "#808080", "#d0455a"}

var curveDashes = []string{"", "6 3", "2 2", "8 3 2 3"}

// Curves draws curves over each other as an SVG element to stand in HTML: text in the colour of the page, no script, no outside
// reference. A million points become a few thousand, the extremes of each column kept; NaN and infinities interrupt the line and are
// marked with a cross at the foot.
func Curves(o CurveOptions, curves ...Curve) string {
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
		n := min(len(c.Steps), len(c.Values))
		curves[i].Steps, curves[i].Values = c.Steps[:n], c.Values[:n]
	}
	p := newPlot(o, curves)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" style="max-width:100%%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="currentColor"%s>`,
		o.Width, o.Height, o.Width, o.Height, html.EscapeString(clean(p.describe())), p.dataFrame())
	if o.Title != "" {
		fmt.Fprintf(&b, `<text x="%.0f" y="14" font-size="12" font-weight="600">%s</text>`, p.left, html.EscapeString(clean(o.Title)))
	}
	if p.empty {
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">no finite values</text>`, o.Width/2, o.Height/2)
	} else {
		p.axes(&b)
	}
	for i, c := range curves {
		p.curve(&b, i, c)
	}
	p.legend(&b)
	b.WriteString("</svg>")
	return b.String()
}

// A plot maps steps and values to pixels.
type curvePlot struct {
	CurveOptions
	curves                   []Curve
	left, right, top, bottom float64
	x0, x1, y0, y1           float64
	empty                    bool
}

func newPlot(o CurveOptions, curves []Curve) *curvePlot {
	p := &curvePlot{CurveOptions: o, curves: curves, left: 58, right: float64(o.Width) - 12, top: 14, bottom: float64(o.Height) - 34}
	if o.Title != "" {
		p.top += 14
	}
	if len(curves) > 1 {
		p.top += 14 * float64((len(curves)+p.legendColumns()-1)/p.legendColumns())
	}
	p.x0, p.x1, p.y0, p.y1 = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, c := range curves {
		for i, v := range c.Values {
			p.x0, p.x1 = min(p.x0, float64(c.Steps[i])), max(p.x1, float64(c.Steps[i]))
			if v, ok := p.scale(v); ok {
				p.y0, p.y1 = min(p.y0, v), max(p.y1, v)
			}
		}
	}
	p.empty = p.y0 > p.y1
	if p.x0 >= p.x1 {
		p.x0, p.x1 = p.x0-1, p.x1+1
	}
	if p.y0 == p.y1 {
		d := max(math.Abs(p.y0)*0.05, 1e-12)
		p.y0, p.y1 = p.y0-d, p.y1+d
	}
	if !p.empty && !math.IsInf(p.y1-p.y0, 0) {
		margin := (p.y1 - p.y0) * 0.04
		p.y0, p.y1 = p.y0-margin, p.y1+margin
	}
	return p
}

// scale gives a value on the axis, and false for one that has no place there.
func (p *curvePlot) scale(v float64) (float64, bool) {
	if p.Log {
		v = math.Log10(v)
	}
	return v, !math.IsNaN(v) && !math.IsInf(v, 0)
}

func (p *curvePlot) x(step float64) float64 {
	return p.left + (step-p.x0)/(p.x1-p.x0)*(p.right-p.left)
}

func (p *curvePlot) y(v float64) float64 { // halves keep the difference of huge values finite
	return p.bottom - (v/2-p.y0/2)/(p.y1/2-p.y0/2)*(p.bottom-p.top)
}

// describe says in words what the picture shows.
func (p *curvePlot) describe() string {
	var parts []string
	for _, c := range p.curves {
		s := summaryOf(c)
		parts = append(parts, fmt.Sprintf("%s: %d points, from %.4g to %.4g, last %.4g", c.Label, s.Count, s.Min, s.Max, s.Last))
		if len(parts) == 6 {
			parts = append(parts, "and more")
			break
		}
	}
	title := p.Title
	if title == "" {
		title = "Curves"
	}
	return title + ". " + strings.Join(parts, "; ")
}

func summaryOf(c Curve) (s Summary) {
	for i, v := range c.Values {
		s.add(point{step: int64(c.Steps[i]), value: v})
	}
	return s
}

// CurvesOf draws one metric of several runs over each other, as [Curves] does, each named by what tells it from the others ([Labels]); runs that lack the metric are left out, and when all lack it
// the error wraps ErrNotFound.
func (j *Journal) CurvesOf(ctx context.Context, o CurveOptions, metric string, runs ...string) (string, error) {
	var curves []Curve
	var records []*Record
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return "", err
		}
		if _, ok := r.Metrics[metric]; ok {
			records = append(records, r)
		}
	}
	labels := Labels(records)
	for i, r := range records {
		s, err := j.Series(ctx, r.ID, metric)
		if err != nil {
			return "", err
		}
		curves = append(curves, s.Curve(labels[i]))
	}
	if len(curves) == 0 {
		return "", fmt.Errorf("journal: no run of %v has metric %q: %w", runs, metric, ErrNotFound)
	}
	if o.Title == "" {
		o.Title = metric
	}
	return Curves(o, curves...), nil
}
