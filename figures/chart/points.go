package chart

import (
	"fmt"
	"strconv"
	"strings"
)

// frameAttributes tell a script where the axes are: the box in pixels, and the positions at its sides.
func (p *plot) frameAttributes() string {
	if !p.Points || p.empty {
		return ""
	}
	log := ""
	if p.Scale == Log {
		log = ` data-log="1"`
	}
	return fmt.Sprintf(` data-box="%.0f %.0f %.0f %.0f" data-x="%g %g"%s`, p.left, p.right, p.top, p.bottom, p.x.low, p.x.high, log)
}

// pointAttributes give a script the points of a curve, "x,y;…": of each column the first, least, greatest and last, and where columns hold
// more than one point their means, from which a script smooths. Values have five digits; where the curve is broken an empty one stands.
func (p *plot) pointAttributes(c Curve) string {
	if !p.Points {
		return ""
	}
	c = c.seamless(p.x.low, p.x.high, p.columnsOf(), isFinite)
	var points, means strings.Builder
	reduced := false
	end := 0
	for from, to := range c.columns(p.x.low, p.x.high, p.columnsOf(), isFinite) {
		if from > end {
			writePoint(&points, c.X[end], "")
			writePoint(&means, c.X[end], "")
		}
		end = to
		for _, i := range c.extremes(from, to) {
			writePoint(&points, c.X[i], digits(c.Y[i]))
		}
		mean := 0.0
		for _, y := range c.Y[from:to] {
			mean += y / float64(to-from)
		}
		writePoint(&means, c.X[from+(to-from)/2], digits(mean))
		reduced = reduced || to-from > 1
	}
	text := ` data-p="` + points.String() + `" data-n="` + escape(c.Name) + `"`
	if reduced {
		text += ` data-m="` + means.String() + `"`
	}
	return text
}

func writePoint(b *strings.Builder, x float64, y string) {
	if b.Len() > 0 {
		b.WriteByte(';')
	}
	b.WriteString(position(x) + "," + y)
}

// position writes a step.
func position(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func digits(y float64) string { return strconv.FormatFloat(y, 'g', 5, 64) }
