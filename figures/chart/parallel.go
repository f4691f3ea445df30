package chart

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"
)

// The size of parallel coordinates in CSS pixels, and what is between their axes, above, below and beside them.
const (
	parallelHeight, parallelStep        = 240.0, 150.0
	parallelTop, parallelFoot, besideIt = 34.0, 14.0, 75.0
)

// Parallel draws parallel coordinates as an SVG element to stand in HTML: an axis for each parameter and, last, one for the metric, and a
// line for each trial through its values; the better it is, the stronger, the best in a colour of its own. Of more than a few hundred trials
// the best are drawn. Without a parameter or a trial it is "".
func (t Trials) Parallel() string {
	if t.none() {
		return ""
	}
	left := ""
	if n := len(t.All); n > maxDrawn {
		left = fmt.Sprintf("; the best %d of %d", maxDrawn, n)
		t.All = t.All[:maxDrawn]
	}
	s := newSheet(Bare, float64(len(t.Params))*parallelStep+2*besideIt, parallelHeight,
		fmt.Sprintf("Parallel coordinates of %s and %s, %d groups of runs%s", t.names(), t.Metric, len(t.All), left), "")
	var means []float64
	for _, trial := range t.All {
		means = append(means, trial.Mean)
	}
	p := parallel{Trials: t, sheet: s, metric: axisOf(means).widened(0.06)}
	for i := range t.Params {
		p.params = append(p.params, newParameter(t.values(i)))
	}
	p.free()
	p.lines()
	s.WriteString("</g>")
	for i, name := range t.Params {
		p.axis(i, name, p.params[i].marks, -1, ends)
	}
	p.axis(len(t.Params), t.Metric, p.metric.marks(4), 1, begins) // its numbers stand where no line comes
	return s.end()
}

// A parallel is the drawing of parallel coordinates.
type parallel struct {
	Trials
	*sheet
	params []parameter
	metric axis
}

func (p parallel) px(axis int) float64 { return besideIt + float64(axis)*parallelStep }
func (p parallel) py(at float64) float64 {
	return parallelHeight - parallelFoot - at*(parallelHeight-parallelTop-parallelFoot)
}

// free begins a group that leaves the numbers of the axes between free, whatever the ground is. Its clip's name is that of what it leaves
// free, since a page may have several.
func (p parallel) free() {
	outline := fmt.Sprintf("M0 0H%.0fV%.0fH0Z", p.px(len(p.Params))+besideIt, parallelHeight)
	for i := 1; i < len(p.Params); i++ {
		for _, m := range p.params[i].marks {
			right, width := p.px(i)-4, 6.4*float64(utf8.RuneCountInString(m.text))+4
			outline += fmt.Sprintf("M%.1f %.1fh%.1fv13h%.1fZ", right-width, p.py(m.at)-6.5, width, -width)
		}
	}
	name := fnv.New64a()
	name.Write([]byte(outline))
	fmt.Fprintf(p, `<clipPath id="free%x"><path clip-rule="evenodd" d="%s"/></clipPath><g clip-path="url(#free%[1]x)">`, name.Sum64(), outline)
}

// lines draws the best over the others.
func (p parallel) lines() {
	for k := len(p.All) - 1; k >= 0; k-- {
		trial := p.All[k]
		var line []string
		for i, v := range trial.Values {
			line = append(line, fmt.Sprintf("%.1f %.1f", p.px(i), p.py(p.params[i].places[v])))
		}
		line = append(line, fmt.Sprintf("%.1f %.1f", p.px(len(p.Params)), p.py(p.metric.at(trial.Mean))))
		colour, stroke, opacity := plain, 1.2, 0.8
		if p.Crown == Ranked {
			opacity = 0.9 - 0.55*float64(k)/float64(len(p.All))
		}
		if p.Crown == Ranked && k == 0 {
			colour, stroke, opacity = best, 2.4, 1
		}
		fmt.Fprintf(p, `<path d="M%s" fill="none" stroke="%s" stroke-width="%.1f" stroke-opacity="%.2f"><title>%s</title></path>`,
			strings.Join(line, "L"), colour, stroke, opacity, escape(trial.Label))
	}
}

// axis draws one axis with its marks on a side, -1 for the left and 1 for the right.
func (p parallel) axis(i int, name string, marks []mark, side float64, at anchor) {
	p.rule(fmt.Sprintf("M%.1f %.1fV%.1f", p.px(i), p.py(0), p.py(1)))
	p.heading(p.px(i), 16, centred, short(name, 22))
	for _, m := range marks {
		p.rule(fmt.Sprintf("M%.1f %.1fh%.0f", p.px(i), p.py(m.at), 4*side))
		p.text(p.px(i)+6*side, p.py(m.at)+4, at, m.text)
	}
}
