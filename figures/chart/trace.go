package chart

import (
	"fmt"
	"math"
	"strings"
)

// maxCrosses is how many values of a curve that are not finite have a cross.
const maxCrosses = 20

// curve draws one line, broken where values have no place on the axis.
func (p *plot) curve(i int, c Curve) {
	if path := p.trace(c); path != "" {
		fmt.Fprintf(p, `<path d="%s" fill="none" stroke="%s"%s%s%s/>`, path, ColourOf(i),
			p.either(` stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"`, ""), dashed(i), p.pointAttributes(c))
	}
	crosses := 0
	for k, v := range c.Y {
		if isFinite(v) {
			continue
		}
		if crosses++; crosses > maxCrosses {
			break
		}
		fmt.Fprintf(p, `<path d="M%s %sl6 6m0-6l-6 6" stroke="%s"%s><title>%s at %s %s</title></path>`, pixel(p.px(c.X[k])-3), pixel(p.bottom-7),
			ColourOf(i), p.either(` stroke-width="1.5"`, ""), notFinite(v), escape(p.XLabel), position(c.X[k]))
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
