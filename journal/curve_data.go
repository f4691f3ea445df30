package journal

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// dataFrame are the attributes that tell a script where the axes are: the box in pixels, and the steps at its sides.
func (p *curvePlot) dataFrame() string {
	if !p.Data || p.empty {
		return ""
	}
	log := ""
	if p.Log {
		log = ` data-log="1"`
	}
	return fmt.Sprintf(` data-box="%.0f %.0f %.0f %.0f" data-x="%g %g"%s`, p.left, p.right, p.top, p.bottom, p.x0, p.x1, log)
}

// data are the attributes that give a script the points of a curve, "step,value;…": of each column the first, least, greatest and last, and
// where columns hold more than one point their means, from which a script smooths. Values have five digits; where the curve is broken an
// empty one stands.
func (p *curvePlot) data(c Curve) string {
	if !p.Data {
		return ""
	}
	columns := max(1, p.Detail)
	if p.Detail <= 0 {
		columns = int(p.right-p.left) / 2
	}
	var points, means strings.Builder
	put := func(b *strings.Builder, step int, v float64) {
		if b.Len() > 0 {
			b.WriteByte(';')
		}
		b.WriteString(strconv.Itoa(step))
		b.WriteByte(',')
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			b.WriteString(strconv.FormatFloat(v, 'g', 5, 64))
		}
	}
	column := func(i int) int { return int((float64(c.Steps[i]) - p.x0) / (p.x1 - p.x0) * float64(columns)) }
	finite := func(i int) bool { return !math.IsNaN(c.Values[i]) && !math.IsInf(c.Values[i], 0) }
	reduced := false
	for i := 0; i < len(c.Values); {
		from := i
		if !finite(i) {
			for i < len(c.Values) && !finite(i) {
				i++
			}
			put(&points, c.Steps[from], math.NaN())
			put(&means, c.Steps[from], math.NaN())
			continue
		}
		least, greatest, sum := i, i, 0.0
		for ; i < len(c.Values) && finite(i) && column(i) == column(from); i++ {
			if c.Values[i] < c.Values[least] {
				least = i
			}
			if c.Values[i] > c.Values[greatest] {
				greatest = i
			}
			sum += c.Values[i]
		}
		last := -1
		for _, k := range []int{from, min(least, greatest), max(least, greatest), i - 1} {
			if k != last {
				put(&points, c.Steps[k], c.Values[k])
			}
			last = k
		}
		reduced = reduced || i-from > 1
		put(&means, c.Steps[from+(i-from)/2], sum/float64(i-from))
	}
	text := ` data-p="` + points.String() + `" data-n="` + html.EscapeString(clean(c.Label)) + `"`
	if reduced {
		text += ` data-m="` + means.String() + `"`
	}
	return text
}
