package chart

import (
	"fmt"
	"unicode/utf8"
)

// axes draws grid lines and labels at round numbers.
func (p *plot) axes() {
	if p.Points { // a script draws them anew
		p.WriteString(`<g class="y">`)
	}
	for _, m := range p.y.marks(5) {
		y := p.bottom - m.at*(p.bottom-p.top)
		p.grid(fmt.Sprintf("M%.0f %.1fH%.0f", p.left, y, p.right))
		p.text(p.left-6, y+4, ends, m.text)
	}
	if p.Points {
		p.WriteString("</g>")
	}
	for _, t := range Ticks(p.x.low, p.x.high, 6, 1) {
		x := p.px(t.Value)
		p.rule(fmt.Sprintf("M%.1f %.0fv4", x, p.bottom))
		p.text(x, p.bottom+15, centred, t.Label)
	}
	p.rule(fmt.Sprintf("M%.0f %.0fH%.0f", p.left, p.bottom, p.right))
	label := p.XLabel
	if n := p.withoutPlace(); n > 0 {
		label += fmt.Sprintf(" · %d not positive, not drawn", n)
	}
	p.text((p.left+p.right)/2, p.bottom+29, centred, label)
}

// withoutPlace counts the finite values that a logarithmic axis has no place for.
func (p *plot) withoutPlace() (n int) {
	if p.Scale != Log {
		return 0
	}
	for _, c := range p.curves {
		for _, v := range c.Y {
			if isFinite(v) && v <= 0 {
				n++
			}
		}
	}
	return n
}

// longestName is how many characters of a name the legend shows.
const longestName = 40

// legendWidth is what a name of the legend takes in pixels, and how many stand in a line.
func (p *plot) legendWidth() (width float64, columns int) {
	longest := 0
	for _, c := range p.curves {
		longest = max(longest, min(longestName, utf8.RuneCountInString(c.Name)))
	}
	width = 40 + 6.5*float64(longest)
	return width, max(1, int((p.right-p.left)/width))
}

// legendLines is how many lines the legend has: none for a curve by itself.
func (p *plot) legendLines() int {
	if len(p.curves) < 2 {
		return 0
	}
	_, columns := p.legendWidth()
	return (len(p.curves) + columns - 1) / columns
}

// legend names the curves when there are several.
func (p *plot) legend() {
	if p.legendLines() == 0 {
		return
	}
	top := 10.0
	if p.Title != "" {
		top += 14
	}
	width, columns := p.legendWidth()
	for i, c := range p.curves {
		x := p.left + float64(i%columns)*width
		y := top + float64(i/columns)*14
		if p.Points {
			fmt.Fprintf(p, `<g class="key"><title>%s</title>`, escape(c.Name))
		}
		fmt.Fprintf(p, `<path d="M%.0f %.0fh18" stroke="%s" stroke-width="2"%s/>`, x, y, ColourOf(i), dashed(i))
		p.text(x+23, y+4, begins, short(c.Name, longestName))
		if p.Points {
			p.WriteString("</g>")
		}
	}
}
