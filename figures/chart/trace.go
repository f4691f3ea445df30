package chart

import (
	"fmt"
	"math"
	"strings"
)

// maxCrosses is how many gaps of a curve have a cross.
const maxCrosses = 20

// curve draws one line, broken where values have no place on the axis.
func (p *plot) curve(i int, c Curve) {
	if path := p.trace(c); path != "" {
		fmt.Fprintf(p, `<path d="%s" fill="none" stroke="%s"%s%s%s/>`, path, ColourOf(i),
			p.either(` stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"`, ""), dashed(i), p.pointAttributes(c))
	}
	p.gaps(i, c)
}

// gaps marks where a curve is not finite: a cross at the foot where a gap begins, and a bar as long as the gap.
func (p *plot) gaps(i int, c Curve) {
	crosses := 0
	for from := 0; from < len(c.Y) && crosses < maxCrosses; from++ {
		if isFinite(c.Y[from]) {
			continue
		}
		crosses++
		what, to := notFinite(c.Y[from]), from+1
		for ; to < len(c.Y) && !isFinite(c.Y[to]); to++ {
			if notFinite(c.Y[to]) != what {
				what = "not finite"
			}
		}
		words := fmt.Sprintf("%s at %s %s", what, p.XLabel, position(c.X[from]))
		bar := ""
		if to > from+1 {
			words = fmt.Sprintf("%s from %s %s to %s, %d values", what, p.XLabel, position(c.X[from]), position(c.X[to-1]), to-from)
			bar = fmt.Sprintf("M%s %sH%s", pixel(p.px(c.X[from])), pixel(p.bottom-4), pixel(p.px(c.X[to-1])))
		}
		fmt.Fprintf(p, `<path d="M%s %sl6 6m0-6l-6 6%s" stroke="%s"%s><title>%s</title></path>`, pixel(p.px(c.X[from])-3), pixel(p.bottom-7), bar,
			ColourOf(i), p.either(` stroke-width="1.5"`, ""), escape(words))
		from = to
	}
}

// trace is the path of a curve; a point without neighbours is a dot, by the round cap of the line.
func (p *plot) trace(c Curve) string {
	var path strings.Builder
	for _, piece := range c.Pieces(p.x.low, p.x.high, p.columnsOf(), p.y.has) {
		for k, at := range piece {
			if k == 0 {
				path.WriteByte('M')
			} else {
				path.WriteByte('L')
			}
			path.WriteString(pixel(p.px(at[0])) + " " + pixel(p.py(at[1])))
		}
		if len(piece) == 1 {
			path.WriteString("h0")
		}
	}
	return path.String()
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// notFinite names a value that is not finite.
func notFinite(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "−Inf"
	}
	return "NaN"
}
