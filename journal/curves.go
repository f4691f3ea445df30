package journal

import (
	"context"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// A Curve is a line of [Curves]: Values over Steps, which have equal lengths and the order of steps.
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
	p := newPlot(o, curves)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" style="max-width:100%%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="currentColor">`,
		o.Width, o.Height, o.Width, o.Height, html.EscapeString(clean(p.describe())))
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

// axes draws grid lines and labels at round numbers.
func (p *curvePlot) axes(b *strings.Builder) {
	for _, v := range p.yTicks() {
		y := p.y(v)
		label := v
		if p.Log {
			label = math.Pow(10, v)
		}
		fmt.Fprintf(b, `<path d="M%.0f %.1fH%.0f" stroke="currentColor" stroke-opacity=".15"/><text x="%.0f" y="%.1f" text-anchor="end">%s</text>`,
			p.left, y, p.right, p.left-6, y+4, tickLabel(label))
	}
	for _, v := range ticks(p.x0, p.x1, 6, true) {
		x := p.x(v)
		fmt.Fprintf(b, `<path d="M%.1f %.0fv4" stroke="currentColor" stroke-opacity=".6"/><text x="%.1f" y="%.0f" text-anchor="middle">%s</text>`,
			x, p.bottom, x, p.bottom+15, tickLabel(v))
	}
	fmt.Fprintf(b, `<path d="M%.0f %.0fH%.0f" stroke="currentColor" stroke-opacity=".6"/><text x="%.0f" y="%.0f" text-anchor="middle">%s</text>`,
		p.left, p.bottom, p.right, (p.left+p.right)/2, p.bottom+29, html.EscapeString(clean(p.XLabel)))
}

func (p *curvePlot) yTicks() []float64 {
	if p.Log && p.y1-p.y0 >= 1 {
		return ticks(p.y0, p.y1, 5, true) // whole powers of ten
	}
	return ticks(p.y0, p.y1, 5, false)
}

// ticks are about n round numbers between lo and hi: multiples of 1, 2 or 5 times a power of ten; whole says that nothing below 1 is a step.
func ticks(lo, hi float64, n int, whole bool) []float64 {
	rough := hi/float64(n) - lo/float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	step := unit * 10
	for _, m := range []float64{1, 2, 5} {
		if unit*m >= rough*0.8 {
			step = unit * m
			break
		}
	}
	if whole {
		step = max(step, 1)
	}
	var all []float64
	for k := math.Ceil(lo / step); k*step <= hi && len(all) < 20; k++ {
		all = append(all, k*step)
	}
	return all
}

func tickLabel(v float64) string {
	if a := math.Abs(v); a >= 1e6 || a < 1e-3 && a > 0 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}

// curve draws one line, broken where values have no place on the axis.
func (p *curvePlot) curve(b *strings.Builder, i int, c Curve) {
	colour := curveColours[i%len(curveColours)]
	var path strings.Builder
	lost := p.trace(&path, c)
	if path.Len() > 0 {
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"%s/>`, path.String(), colour, dash(i))
	}
	for k, at := range lost {
		if k == 20 {
			break
		}
		fmt.Fprintf(b, `<path d="M%.1f %.1fl6 6m0-6l-6 6" stroke="%s" stroke-width="1.5"><title>%s at step %d</title></path>`,
			p.x(float64(c.Steps[at]))-3, p.bottom-7, colour, FormatValue(c.Values[at]), c.Steps[at])
	}
}

func dash(i int) string {
	if d := curveDashes[i/len(curveColours)%len(curveDashes)]; d != "" {
		return ` stroke-dasharray="` + d + `"`
	}
	return ""
}

// trace writes the path of a curve, each pixel column reduced to its first, lowest, highest and last point, and returns the indices of
// points that have no place on the axis.
func (p *curvePlot) trace(path *strings.Builder, c Curve) (lost []int) {
	columns := p.Detail
	if columns <= 0 {
		columns = int(p.right-p.left) / 2
	}
	down := false // the pen
	var keep [4]int
	flush := func(n int) {
		for k := range n {
			if k > 0 && keep[k] == keep[k-1] {
				continue
			}
			v, _ := p.scale(c.Values[keep[k]])
			move := byte('L')
			if !down {
				move = 'M'
			}
			path.WriteByte(move)
			path.WriteString(pixel(p.x(float64(c.Steps[keep[k]]))))
			path.WriteByte(' ')
			path.WriteString(pixel(p.y(v)))
			down = true
		}
	}
	column := func(i int) int { return int((float64(c.Steps[i]) - p.x0) / (p.x1 - p.x0) * float64(columns)) }
	for i := 0; i < len(c.Values); {
		if _, ok := p.scale(c.Values[i]); !ok {
			if math.IsNaN(c.Values[i]) || math.IsInf(c.Values[i], 0) {
				lost = append(lost, i)
			}
			down = false
			i++
			continue
		}
		first, lowest, highest, last := i, i, i, i
		for i++; i < len(c.Values) && column(i) == column(first); i++ {
			if _, ok := p.scale(c.Values[i]); !ok {
				break
			}
			last = i
			if c.Values[i] < c.Values[lowest] {
				lowest = i
			}
			if c.Values[i] > c.Values[highest] {
				highest = i
			}
		}
		keep = [4]int{first, min(lowest, highest), max(lowest, highest), last}
		if alone := !down && last == first && (i == len(c.Values) || !p.has(c.Values[i])); alone {
			flush(1)
			path.WriteString("h0") // a dot, by the round line cap
			continue
		}
		flush(4)
	}
	return lost
}

func (p *curvePlot) has(v float64) bool { _, ok := p.scale(v); return ok }

func pixel(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// legendColumns is how many names stand in a line of the legend.
func (p *curvePlot) legendColumns() int { return max(1, (p.Width-70)/160) }

// legend names the curves when there are several.
func (p *curvePlot) legend(b *strings.Builder) {
	if len(p.curves) < 2 {
		return
	}
	top := 10.0
	if p.Title != "" {
		top += 14
	}
	for i, c := range p.curves {
		x := p.left + float64(i%p.legendColumns())*160
		y := top + float64(i/p.legendColumns())*14
		label := []rune(clean(c.Label))
		if len(label) > 24 {
			label = append(label[:23], '…')
		}
		fmt.Fprintf(b, `<path d="M%.0f %.0fh18" stroke="%s" stroke-width="2"%s/><text x="%.0f" y="%.0f">%s</text>`,
			x, y, curveColours[i%len(curveColours)], dash(i), x+23, y+4, html.EscapeString(string(label)))
	}
}

// CurvesOf draws one metric of several runs over each other, as [Curves] does; runs that lack the metric are left out, and when all lack it
// the error wraps ErrNotFound.
func (j *Journal) CurvesOf(ctx context.Context, o CurveOptions, metric string, runs ...string) (string, error) {
	var curves []Curve
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return "", err
		}
		if _, ok := r.Metrics[metric]; !ok {
			continue
		}
		s, err := j.Series(ctx, r.ID, metric)
		if err != nil {
			return "", err
		}
		curves = append(curves, s.Curve(r.Experiment+" "+r.ID[:min(6, len(r.ID))]))
	}
	if len(curves) == 0 {
		return "", fmt.Errorf("journal: no run of %v has metric %q: %w", runs, metric, ErrNotFound)
	}
	if o.Title == "" {
		o.Title = metric
	}
	return Curves(o, curves...), nil
}
