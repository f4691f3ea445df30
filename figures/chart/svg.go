package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// A Dress is how an SVG element says how it looks.
type Dress int

// Bare elements say all themselves, and stand anywhere; Classed ones leave it to the style of a page that has many: classes g for grid lines, t
// for axes, m and e for text that is centred or ends.
const (
	Bare Dress = iota
	Classed
)

// A sheet is an SVG element that is being drawn.
type sheet struct {
	strings.Builder
	dress Dress
}

// newSheet begins an element of some size in CSS pixels; attributes are more of them, and label says in words what it shows.
func newSheet(dress Dress, width, height float64, label, attributes string) *sheet {
	s := &sheet{dress: dress}
	fmt.Fprintf(s, `<svg%s viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s"%s%s>`,
		s.either(` xmlns="http://www.w3.org/2000/svg"`, ""), width, height, width, height, escape(label),
		s.either(` style="max-width:100%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="currentColor"`, ""), attributes)
	return s
}

func (s *sheet) end() string { s.WriteString("</svg>"); return s.String() }

// either is what a bare element has, or what a classed one has.
func (s *sheet) either(bare, classed string) string {
	if s.dress == Classed {
		return classed
	}
	return bare
}

// grid and rule draw a faint line and that of an axis, along an SVG path.
func (s *sheet) grid(path string) {
	fmt.Fprintf(s, `<path d="%s"%s/>`, path, s.either(` stroke="currentColor" stroke-opacity=".15"`, ` class="g"`))
}

func (s *sheet) rule(path string) {
	fmt.Fprintf(s, `<path d="%s"%s/>`, path, s.either(` stroke="currentColor" stroke-opacity=".6"`, ` class="t"`))
}

// An anchor is the point of a text that stands at its place.
type anchor string

const (
	begins  anchor = ""
	centred anchor = "middle"
	ends    anchor = "end"
)

// text writes at a place.
func (s *sheet) text(x, y float64, at anchor, text string) {
	how := ""
	switch {
	case at == centred:
		how = s.either(` text-anchor="middle"`, ` class="m"`)
	case at == ends:
		how = s.either(` text-anchor="end"`, ` class="e"`)
	}
	fmt.Fprintf(s, `<text x="%s" y="%s"%s>%s</text>`, pixel(x), pixel(y), how, escape(text))
}

// heading writes in bold.
func (s *sheet) heading(x, y float64, at anchor, text string) {
	fmt.Fprintf(s, `<text x="%s" y="%s" text-anchor="%s" font-weight="600">%s</text>`, pixel(x), pixel(y), at, escape(text))
}

// dashed is the attribute of the dashes of the i-th curve.
func dashed(i int) string {
	var lengths []string
	for _, d := range DashesOf(i) {
		lengths = append(lengths, pixel(d))
	}
	if lengths == nil {
		return ""
	}
	return ` stroke-dasharray="` + strings.Join(lengths, " ") + `"`
}

// pixel writes a coordinate, to a tenth.
func pixel(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// escape makes a text stand in SVG as it is, but for what [Legal] replaces.
func escape(text string) string { return html.EscapeString(Legal(text)) }

// Legal is a text in which what XML has no place for (control characters, bytes that are not UTF-8) is replaced by U+FFFD.
func Legal(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// short cuts a text for a place of n characters.
func short(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
