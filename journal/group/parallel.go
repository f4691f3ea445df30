package group

import (
	"fmt"
	"html"
	"strings"
)

// Parallel draws parallel coordinates as an SVG element to stand in HTML: an axis for each parameter and, last, one for the metric, and a
// line for each group through its values; the better it is, the stronger, the best in a colour of its own. Of more than a few hundred groups
// the best are drawn. Without a parameter or a finite value it is "".
func (t *Table) Parallel() string {
	ranked := t.drawn()
	if len(ranked) == 0 || len(t.By) == 0 {
		return ""
	}
	left := ""
	if len(ranked) > maxDrawn {
		left = fmt.Sprintf("; the best %d of %d", maxDrawn, len(ranked))
		ranked = ranked[:maxDrawn]
	}
	width := float64(len(t.By))*parallelStep + 2*halfGap
	b := begin(width, parallelHeight, fmt.Sprintf("Parallel coordinates of %s and %s, %d groups of runs%s", strings.Join(t.By, ", "), t.Metric, len(ranked), left))
	px := func(axis int) float64 { return halfGap + float64(axis)*parallelStep }
	py := func(at float64) float64 {
		return parallelHeight - parallelFoot - at*(parallelHeight-parallelTop-parallelFoot)
	}
	var means []float64
	for _, g := range ranked {
		means = append(means, float64(g.Mean))
	}
	var axes []*scale
	for i, path := range t.By {
		var values []string
		for _, g := range ranked {
			values = append(values, g.Values[i])
		}
		axes = append(axes, parameter(path, values))
	}
	axes = append(axes, numbers(t.Metric, means))
	best := t.hasBest()
	for k := len(ranked) - 1; k >= 0; k-- { // the best over the others
		var line []string
		for i := range t.By {
			line = append(line, fmt.Sprintf("%.1f %.1f", px(i), py(axes[i].places[ranked[k].Values[i]])))
		}
		line = append(line, fmt.Sprintf("%.1f %.1f", px(len(t.By)), py(axes[len(t.By)].at(means[k]))))
		colour, stroke, opacity := plainColour, 1.2, 0.8
		if best {
			opacity = 0.85 - 0.7*float64(k)/float64(len(ranked))
		}
		if best && k == 0 {
			colour, stroke, opacity = bestColour, 2.4, 1
		}
		fmt.Fprintf(b, `<path d="M%s" fill="none" stroke="%s" stroke-width="%.1f" stroke-opacity="%.2f"><title>%s</title></path>`,
			strings.Join(line, "L"), colour, stroke, opacity, html.EscapeString(t.describe(ranked[k])))
	}
	for i, axis := range axes {
		fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1f" stroke="currentColor" stroke-opacity=".6"/><text x="%.1f" y="16" text-anchor="middle" font-weight="600">%s</text>`,
			px(i), py(0), py(1), px(i), html.EscapeString(short(axis.label, 22)))
		side, anchor := -1.0, "end" // the metric's numbers stand where no line comes
		if i == len(t.By) {
			side, anchor = 1, "start"
		}
		for _, m := range axis.marks {
			fmt.Fprintf(b, `<path d="M%.1f %.1fh%.0f" stroke="currentColor" stroke-opacity=".6"/><text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`,
				px(i), py(m.at), 4*side, px(i)+6*side, py(m.at)+4, anchor, html.EscapeString(short(m.text, 10)))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}
