package chart

import "fmt"

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
	for _, t := range Ticks(p.x.low, p.x.high, 6, 0) {
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

// legendColumns is how many names stand in a line of the legend.
func (p *plot) legendColumns() int { return max(1, (p.Width-70)/160) }

// legend names the curves when there are several.
func (p *plot) legend() {
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
		if p.Points {
			fmt.Fprintf(p, `<g class="key"><title>%s</title>`, escape(c.Name))
		}
		fmt.Fprintf(p, `<path d="M%.0f %.0fh18" stroke="%s" stroke-width="2"%s/>`, x, y, ColourOf(i), dashed(i))
		p.text(x+23, y+4, begins, short(c.Name, 24))
		if p.Points {
			p.WriteString("</g>")
		}
	}
}
