package group

import (
	"fmt"
	"html"
	"maps"
	"math"
	"slices"
	"strings"

	"flowbook/journal"
)

// The colours of the figures: of what is ordinary, and of what is best. Both have a contrast of at least 3 to white and to near-black.
const (
	plainColour = "#1f77d0"
	bestColour  = "#d55e00"
)

// The size of a panel in CSS pixels, and what is beside and below its axes.
const (
	panelWidth, panelHeight            = 270.0, 220.0
	panelLeft, panelTop, panelBottom   = 58.0, 12.0, 40.0
	panelRight                         = 10.0
	figureColumns                      = 3
	maxLine                            = 20  // values of a parameter that a line joins
	maxDrawn                           = 400 // groups that have a dot or a line
	parallelHeight, parallelStep       = 240.0, 150.0
	parallelTop, parallelFoot, halfGap = 34.0, 14.0, 75.0
)

// Panels draws the metric against each parameter as an SVG element to stand in HTML, text in the colour of the page: a dot for each group at
// the mean of its runs, a bar for their standard deviation, and a line through the means of all groups at a value. Of more than a few hundred
// groups the best have dots. Without a parameter or a finite value it is "".
func (t *Table) Panels() string {
	shown := t.drawn()
	if len(shown) == 0 || len(t.By) == 0 {
		return ""
	}
	y := numbers(t.Metric, t.extent(shown))
	rows := (len(t.By) + figureColumns - 1) / figureColumns
	columns := min(len(t.By), figureColumns)
	b := begin(float64(columns)*panelWidth, float64(rows)*panelHeight, fmt.Sprintf("%s against %s, %d groups of runs", t.Metric, strings.Join(t.By, ", "), len(shown)))
	for i := range t.By {
		t.panel(b, shown, i, y, float64(i%figureColumns)*panelWidth, float64(i/figureColumns)*panelHeight)
	}
	b.WriteString("</svg>")
	return b.String()
}

// panel draws the metric against the i-th parameter at a place of the figure.
func (t *Table) panel(b *strings.Builder, groups []Group, i int, y *scale, left, top float64) {
	var values []string
	for _, g := range groups {
		values = append(values, g.Values[i])
	}
	x := parameter(t.By[i], values)
	x0, x1 := left+panelLeft, left+panelWidth-panelRight
	y0, y1 := top+panelHeight-panelBottom, top+panelTop
	px := func(at float64) float64 { return x0 + 12 + at*(x1-x0-24) }
	py := func(at float64) float64 { return y0 + at*(y1-y0) }
	for _, m := range y.marks {
		fmt.Fprintf(b, `<path d="M%.0f %.1fH%.0f" stroke="currentColor" stroke-opacity=".15"/><text x="%.0f" y="%.1f" text-anchor="end">%s</text>`,
			x0, py(m.at), x1, x0-6, py(m.at)+4, html.EscapeString(m.text))
	}
	fmt.Fprintf(b, `<path d="M%.0f %.0fH%.0f" stroke="currentColor" stroke-opacity=".6"/>`, x0, y0, x1)
	for _, m := range x.marks {
		fmt.Fprintf(b, `<path d="M%.1f %.0fv4" stroke="currentColor" stroke-opacity=".6"/><text x="%.1f" y="%.0f" text-anchor="middle">%s</text>`,
			px(m.at), y0, px(m.at), y0+15, html.EscapeString(short(m.text, 10)))
	}
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f" text-anchor="middle" font-weight="600">%s</text>`, (x0+x1)/2, y0+31, html.EscapeString(short(x.label, 34)))
	if i%figureColumns == 0 {
		fmt.Fprintf(b, `<text transform="translate(%.0f %.0f) rotate(-90)" text-anchor="middle">%s</text>`, left+11, (y0+y1)/2, html.EscapeString(short(y.label, 26)))
	}
	sum, n := map[float64]float64{}, map[float64]float64{}
	best := t.hasBest()
	for k, g := range groups {
		at, mean := x.places[g.Values[i]], float64(g.Mean)
		sum[at] += mean
		n[at]++
		if k >= maxDrawn {
			continue
		}
		colour, radius := plainColour, 3.0
		if best && k == 0 {
			colour, radius = bestColour, 4.5
		}
		if d := float64(g.Deviation); !math.IsNaN(d) {
			low := mean - d
			foot := 0.0 // a deviation may reach below what a logarithmic axis has
			if !y.log || low > 0 {
				foot = max(0, y.at(low))
			}
			fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1f" stroke="%s" stroke-opacity=".5"/>`, px(at), py(foot), py(y.at(mean+d)), colour)
		}
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s" fill-opacity=".75"><title>%s</title></circle>`,
			px(at), py(y.at(mean)), radius, colour, html.EscapeString(t.describe(g)))
	}
	if len(n) < 2 || len(n) > maxLine || len(n) == len(groups) && len(t.By) > 1 {
		return
	}
	var line []string
	for _, at := range slices.Sorted(maps.Keys(n)) {
		line = append(line, fmt.Sprintf("%.1f %.1f", px(at), py(y.at(sum[at]/n[at]))))
	}
	fmt.Fprintf(b, `<path d="M%s" fill="none" stroke="currentColor" stroke-opacity=".6" stroke-width="1.3"/>`, strings.Join(line, "L"))
}

// drawn are the groups that have a value, the best first.
func (t *Table) drawn() []Group {
	return slices.DeleteFunc(t.Ranked(), func(g Group) bool { return len(g.Numbers) == 0 })
}

// extent are the ends of all that is drawn of some groups.
func (t *Table) extent(groups []Group) []float64 {
	var all []float64
	positive := true
	for _, g := range groups {
		all = append(all, float64(g.Mean))
		positive = positive && g.Mean > 0
	}
	for _, g := range groups {
		if d := float64(g.Deviation); !math.IsNaN(d) {
			all = append(all, float64(g.Mean)+d)
			if low := float64(g.Mean) - d; low > 0 || !positive {
				all = append(all, low)
			}
		}
	}
	return slices.DeleteFunc(all, func(v float64) bool { return math.IsInf(v, 0) })
}

// hasBest tells whether one of the groups is the best: the first of those that are drawn.
func (t *Table) hasBest() bool {
	return (t.Better == journal.Lower || t.Better == journal.Higher) && len(t.drawn()) > 1
}

// describe says in a line what a group is.
func (t *Table) describe(g Group) string {
	var parts []string
	for i, path := range t.By {
		parts = append(parts, path+"="+g.Values[i])
	}
	return strings.Join(parts, " ") + ": " + t.Metric + " " + g.Text() + ", n = " + g.Count()
}

// begin begins an SVG element.
func begin(width, height float64, label string) *strings.Builder {
	b := &strings.Builder{}
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s" style="max-width:100%%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="currentColor">`,
		width, height, width, height, html.EscapeString(label))
	return b
}

// short cuts a text for a place of n characters.
func short(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
