package journal

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// curve draws one line, broken where values have no place on the axis.
func (p *curvePlot) curve(b *strings.Builder, i int, c Curve) {
	colour := curveColours[i%len(curveColours)]
	var path strings.Builder
	lost := p.trace(&path, c)
	if path.Len() > 0 {
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"%s%s/>`, path.String(), colour, dash(i), p.data(c))
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
