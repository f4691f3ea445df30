package figures

import "image/color"

// Coupling draws an affine coupling layer and its inverse (figure 2 of Dinh et
// al. 2016, eq. 7 and 8; Keng eq. 8 to 10): half of the input passes as it is and
// decides how the other half is scaled and shifted, so the layer is undone
// without ever inverting s or t.
func Coupling() *Figure {
	return newDiagram("coupling", 700, 272, func(p pen) {
		coupling{
			title: "forward: x → y", in: "x", out: "y", first: "×", second: "+", toFirst: "exp s", toSecond: "t",
			formulas: [2]string{"y₁ = x₁", "y₂ = x₂ · exp(s(x₁)) + t(x₁)"},
		}.draw(p)
		p.line(Rule, 342, 14, 342, 250)
		coupling{
			title: "inverse: y → x", in: "y", out: "x", first: "−", second: "÷", toFirst: "t", toSecond: "exp s",
			formulas: [2]string{"x₁ = y₁", "x₂ = (y₂ − t(y₁)) / exp(s(y₁))"},
		}.draw(p.moved(354, 0))
	})
}

// coupling is one direction of the diagram, 330 pixels wide.
type coupling struct {
	title, in, out    string
	first, second     string // what is done to the second half, in order
	toFirst, toSecond string // the nets that feed the two
	formulas          [2]string
}

func (d coupling) draw(p pen) {
	const left, right, top, bottom = 28, 302, 62, 164 // the four ends
	const one, two, net = 126, 216, 112               // the two operations, the height of the nets
	p.text(165, 14, 13.5, Ink, d.title)
	p.arrow(Ink, left+17, top, right-17, top)
	p.arrow(Ink, left+17, bottom, one-13, bottom)
	p.arrow(Ink, one+12, bottom, two-13, bottom)
	p.arrow(Ink, two+12, bottom, right-17, bottom)
	for _, o := range []struct {
		x         float64
		sign, net string
	}{{one, d.first, d.toFirst}, {two, d.second, d.toSecond}} {
		p.circle(o.x, top, 2.6, Ink, Ink)
		p.arrow(Ink, o.x, top, o.x, net-13)
		p.arrow(Ink, o.x, net+13, o.x, bottom-13)
		p.box(o.x-27, net-13, 54, 26, tint(Orange), Orange)
		p.text(o.x, net, 13, Ink, o.net)
		p.circle(o.x, bottom, 12, color.Transparent, Ink)
		p.text(o.x, bottom, 16, Ink, o.sign)
	}
	for _, end := range []struct {
		x, y float64
		name string
	}{{left, top, d.in + "₁"}, {left, bottom, d.in + "₂"}, {right, top, d.out + "₁"}, {right, bottom, d.out + "₂"}} {
		c := Blue
		if end.name[0] == 'y' {
			c = Teal
		}
		p.circle(end.x, end.y, 17, tint(c), c)
		p.text(end.x, end.y, 14, Ink, end.name)
	}
	p.text(165, 208, 13, Ink, d.formulas[0])
	p.text(165, 232, 13, Ink, d.formulas[1])
}
