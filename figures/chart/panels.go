package chart

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// The size of a panel in CSS pixels, and what is beside and below its axes.
const (
	panelWidth, panelHeight          = 270.0, 220.0
	panelLeft, panelTop, panelBottom = 58.0, 12.0, 40.0
	panelRight                       = 10.0
	panelColumns                     = 3
	maxLine                          = 20 // values of a parameter that a line joins
)

// Panels draws the metric against each parameter as an SVG element to stand in HTML, text in the colour of the page: a dot for each trial, a bar
// for its standard deviation, and a line through the means of all trials at a value. Of more than a few hundred trials the best have dots.
// Without a parameter or a trial it is "".
func (t Trials) Panels() string {
	if t.none() {
		return ""
	}
	y := axisOf(t.extent()).widened(0.06)
	rows := (len(t.Params) + panelColumns - 1) / panelColumns
	columns := min(len(t.Params), panelColumns)
	s := newSheet(Bare, float64(columns)*panelWidth, float64(rows)*panelHeight, fmt.Sprintf("%s against %s, %d groups of runs", t.Metric, t.names(), len(t.All)), "")
	for i := range t.Params {
		p := panel{t, s, i, newParameter(t.values(i)), y, float64(i%panelColumns) * panelWidth, float64(i/panelColumns) * panelHeight}
		p.axes()
		p.dots()
		p.line()
	}
	return s.end()
}

// A panel is the metric against the i-th parameter, at a place of the figure.
type panel struct {
	Trials
	*sheet
	i         int
	x         parameter
	y         axis
	left, top float64
}

// px and py are pixels of a place on the axes.
func (p panel) px(at float64) float64 {
	return p.left + panelLeft + 12 + at*(panelWidth-panelLeft-panelRight-24)
}
func (p panel) py(at float64) float64 {
	return p.top + panelHeight - panelBottom - at*(panelHeight-panelBottom-panelTop)
}

func (p panel) axes() {
	x0, x1 := p.left+panelLeft, p.left+panelWidth-panelRight
	for _, m := range p.y.marks(4) {
		p.grid(fmt.Sprintf("M%.0f %.1fH%.0f", x0, p.py(m.at), x1))
		p.text(x0-6, p.py(m.at)+4, ends, m.text)
	}
	p.rule(fmt.Sprintf("M%.0f %.0fH%.0f", x0, p.py(0), x1))
	for _, m := range p.x.marks {
		p.rule(fmt.Sprintf("M%.1f %.0fv4", p.px(m.at), p.py(0)))
		p.text(p.px(m.at), p.py(0)+15, centred, m.text)
	}
	p.heading((x0+x1)/2, p.py(0)+31, centred, short(p.Params[p.i], 34))
	if p.i%panelColumns == 0 {
		fmt.Fprintf(p, `<text transform="translate(%.0f %.0f) rotate(-90)" text-anchor="middle">%s</text>`, p.left+11, (p.py(0)+p.py(1))/2, escape(short(p.Metric, 26)))
	}
}

func (p panel) dots() {
	for k, trial := range p.All[:min(maxDrawn, len(p.All))] {
		x := p.px(p.x.places[trial.Values[p.i]])
		colour, radius := plain, 3.0
		if p.Crown == Ranked && k == 0 {
			colour, radius = best, 4.5
		}
		if d := trial.Deviation; !math.IsNaN(d) {
			foot := 0.0 // a deviation may reach below what a logarithmic axis has
			if p.y.has(trial.Mean - d) {
				foot = max(0, p.y.at(trial.Mean-d))
			}
			fmt.Fprintf(p, `<path d="M%.1f %.1fV%.1f" stroke="%s" stroke-opacity=".7"/>`, x, p.py(foot), p.py(p.y.at(trial.Mean+d)), colour)
		}
		fmt.Fprintf(p, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s" fill-opacity=".9"><title>%s</title></circle>`,
			x, p.py(p.y.at(trial.Mean)), radius, colour, escape(trial.Label))
	}
}

// line joins the means of all trials at each value, where there are several at one.
func (p panel) line() {
	sum, n := map[float64]float64{}, map[float64]float64{}
	for _, trial := range p.All {
		at := p.x.places[trial.Values[p.i]]
		sum[at] += trial.Mean
		n[at]++
	}
	if len(n) < 2 || len(n) > maxLine || len(n) == len(p.All) && len(p.Params) > 1 {
		return
	}
	var line []string
	for _, at := range slices.Sorted(maps.Keys(n)) {
		line = append(line, fmt.Sprintf("%.1f %.1f", p.px(at), p.py(p.y.at(sum[at]/n[at]))))
	}
	fmt.Fprintf(p, `<path d="M%s" fill="none" stroke="currentColor" stroke-opacity=".6" stroke-width="1.3"/>`, strings.Join(line, "L"))
}
