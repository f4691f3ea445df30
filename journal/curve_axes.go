package journal

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// axes draws grid lines and labels at round numbers.
func (p *curvePlot) axes(b *strings.Builder) {
	if p.Data {
		b.WriteString(`<g class="y">`)
	}
	for _, v := range p.yTicks() {
		y := p.y(v)
		label := v
		if p.Log {
			label = math.Pow(10, v)
		}
		fmt.Fprintf(b, `<path d="M%.0f %.1fH%.0f" stroke="currentColor" stroke-opacity=".15"/><text x="%.0f" y="%.1f" text-anchor="end">%s</text>`,
			p.left, y, p.right, p.left-6, y+4, TickLabel(label))
	}
	if p.Data {
		b.WriteString("</g>")
	}
	for _, v := range Ticks(p.x0, p.x1, 6, 1) {
		x := p.x(v)
		fmt.Fprintf(b, `<path d="M%.1f %.0fv4" stroke="currentColor" stroke-opacity=".6"/><text x="%.1f" y="%.0f" text-anchor="middle">%s</text>`,
			x, p.bottom, x, p.bottom+15, TickLabel(v))
	}
	fmt.Fprintf(b, `<path d="M%.0f %.0fH%.0f" stroke="currentColor" stroke-opacity=".6"/><text x="%.0f" y="%.0f" text-anchor="middle">%s</text>`,
		p.left, p.bottom, p.right, (p.left+p.right)/2, p.bottom+29, html.EscapeString(clean(p.XLabel)))
}

func (p *curvePlot) yTicks() []float64 {
	if p.Log && p.y1-p.y0 >= 1 {
		return Ticks(p.y0, p.y1, 5, 1) // whole powers of ten
	}
	return Ticks(p.y0, p.y1, 5, 0)
}

// Ticks are about n round numbers between lo and hi, for an axis: multiples of 1, 2 or 5 times a power of ten, no nearer to each other than least.
func Ticks(lo, hi float64, n int, least float64) []float64 {
	rough := hi/float64(n) - lo/float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	step := unit * 10
	for _, m := range []float64{1, 2, 5} {
		if unit*m >= rough*0.8 {
			step = unit * m
			break
		}
	}
	step = max(step, least)
	var all []float64
	for k := math.Ceil(lo / step); k*step <= hi && len(all) < 20; k++ {
		all = append(all, k*step)
	}
	return all
}

// TickLabel writes a number on an axis.
func TickLabel(v float64) string {
	if a := math.Abs(v); a >= 1e6 || a < 1e-3 && a > 0 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}

// legendColumns is how many names stand in a line of the legend.
func (p *curvePlot) legendColumns() int { return max(1, (p.Width-70)/160) }

// legend names the curves when there are several.
func (p *curvePlot) legend(b *strings.Builder) {
	if len(p.curves) < 2 {
		return
	}
	top := 10.0
	if p.Title != "" {
		top += 14
	}
	for i, c := range p.curves {
		x := p.left + float64(i%p.legendColumns())*160
		y := top + float64(i/p.legendColumns())*14
		label := []rune(clean(c.Label))
		if len(label) > 24 {
			label = append(label[:23], '…')
		}
		if p.Data {
			b.WriteString(`<g class="key">`)
		}
		fmt.Fprintf(b, `<path d="M%.0f %.0fh18" stroke="%s" stroke-width="2"%s/><text x="%.0f" y="%.0f">%s</text>`,
			x, y, curveColours[i%len(curveColours)], dash(i), x+23, y+4, html.EscapeString(string(label)))
		if p.Data {
			b.WriteString("</g>")
		}
	}
}
