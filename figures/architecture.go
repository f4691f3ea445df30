package figures

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

// Glyph is the small drawing in a stage's box that shows what it does.
type Glyph string

// The glyphs: b = 1, what passes unchanged, is blue.
const (
	NoGlyph      Glyph = ""
	Checkerboard Glyph = "checkerboard" // a mask over pixels
	Channels     Glyph = "channels"     // a mask over channels
	InTurn       Glyph = "in turn"      // masks over a vector: the even numbers, then the odd ones
	Squeezes     Glyph = "squeezes"     // four pixels become four channels
	FactorsOut   Glyph = "factors out"  // half of the channels leave
)

// Stage is a part of a flow's architecture.
type Stage struct {
	Name   string // such as "3 couplings"
	Detail string // a second, smaller line, such as "ResNet 4 × 64"
	Glyph  Glyph

	// Shape is of one sample as it leaves the stage, such as 16, 16, 12.
	Shape []int

	// Latent is the shape of the part that leaves for the latent here; nil where none does.
	Latent []int
}

// ArchitectureOptions says how Architecture draws.
type ArchitectureOptions struct{ Title string }

// Architecture draws a flow from x to z, stage by stage, with the shape on each arrow, and the parts of the latent,
// each in a colour of its own, where they leave (the multi-scale architecture of Dinh et al. 2016, section 3.6 and
// figure 4). input is the shape of x. It fails where the parts do not add up to the numbers of x, as those of a
// bijection do.
func Architecture(input []int, stages []Stage, opt ArchitectureOptions) (*Figure, error) {
	const most, perRow = 60, 5
	if len(stages) == 0 || len(stages) > most {
		return nil, fmt.Errorf("figures: architecture: %d stages: there must be 1 to %d; draw equal neighbours as one", len(stages), most)
	}
	left := product(input)
	for i, s := range stages {
		if s.Latent != nil {
			left -= product(s.Latent)
		}
		if got := product(s.Shape); got != left || got < 1 {
			return nil, fmt.Errorf("figures: architecture: stage %d, %q, gives %s, %d numbers, where %d of the %d of x are left", i+1, s.Name, shapeText(s.Shape), got, left, product(input))
		}
	}
	rows := (len(stages) + 1 + perRow - 1) / perRow // the end of the flow takes a place
	a := architecture{input: input, stages: stages}
	f := newDiagram("architecture", 700, float64(rows)*rowHeight-8, a.draw)
	if len(stages)%perRow == 0 { // the last row has only the latent's last part
		f.Height -= 24 * Px
	}
	f.Title.Text = opt.Title
	if opt.Title != "" {
		f.Height += 24 * Px
	}
	f.addKey("x, and b = 1: passes unchanged", swatch{Blue, draw.LineStyle{Color: Frame, Width: Px}})
	for k, c := range a.parts() {
		f.addKey("z"+subscript(k+1)+", "+count(c)+" numbers", swatch{latentColor(k), draw.LineStyle{Color: Frame, Width: Px}})
	}
	f.Height += 26 * Px
	return f, nil
}

const rowHeight = 118.0

type architecture struct {
	input  []int
	stages []Stage
}

// parts is the sizes of the latent's parts, in the order they leave.
func (a architecture) parts() (sizes []int) {
	for _, s := range a.stages {
		if s.Latent != nil {
			sizes = append(sizes, product(s.Latent))
		}
	}
	return append(sizes, product(a.stages[len(a.stages)-1].Shape))
}

func (a architecture) draw(p pen) {
	const perRow, boxW, boxH, pitch, first, top = 5, 80.0, 46.0, 131.0, 64.0, 22.0
	at := func(i int) (x, y float64) {
		return first + float64(i%perRow)*pitch, top + float64(i/perRow)*rowHeight
	}
	shape, part := a.input, 0
	for i := 0; i <= len(a.stages); i++ {
		x, y := at(i)
		middle := y + boxH/2
		if i > 0 && i%perRow == 0 { // from the end of the row above
			fromX, fromY := at(i - 1)
			turn := y - 22
			p.line(Ink, fromX+boxW, fromY+boxH/2, fromX+boxW+14, fromY+boxH/2, fromX+boxW+14, turn, 8, turn, 8, middle)
			p.arrow(Ink, 8, middle, x-2, middle)
		} else if i > 0 {
			p.arrow(Ink, x-pitch+boxW, middle, x-2, middle)
		} else {
			p.circle(17, middle, 14, tint(Blue), Blue)
			p.text(17, middle, 13, Ink, "x")
			p.text(20, middle+23, 9.5, Ink, shapeText(shape))
			p.arrow(Ink, 31, middle, x-2, middle)
		}
		if i > 0 {
			p.text(x-(pitch-boxW)/2, middle-11, 9.5, Ink, shapeText(shape))
		}
		if i == len(a.stages) {
			a.chip(p, x+boxW/2, middle, part, shape)
			return
		}
		s := a.stages[i]
		p.box(x, y, boxW, boxH, tint(Frame), Frame)
		if s.Glyph != NoGlyph {
			p.text(x+boxW/2, y+10, 11, Ink, shorten(s.Name, 16))
			s.Glyph.draw(p.moved(x+boxW/2, y+18))
			p.text(x+boxW/2, y+boxH+9, 10, Ink, shorten(s.Detail, 20))
		} else {
			p.text(x+boxW/2, y+16, 11, Ink, shorten(s.Name, 16))
			p.text(x+boxW/2, y+32, 10, Ink, shorten(s.Detail, 18))
		}
		if s.Latent != nil {
			p.arrow(latentColor(part), x+boxW/2, y+boxH, x+boxW/2, y+boxH+16)
			a.chip(p, x+boxW/2, y+boxH+27, part, s.Latent)
			part++
		}
		shape = s.Shape
	}
}

// chip is a part of the latent, centred on (x, y).
func (a architecture) chip(p pen, x, y float64, part int, shape []int) {
	c := latentColor(part)
	p.box(x-40, y-11, 80, 22, tint(c), c)
	p.text(x, y, 10.5, Ink, "z"+subscript(part+1)+": "+shapeText(shape))
}

// draw draws the glyph below and around (0, 0), 24 pixels high.
func (g Glyph) draw(p pen) {
	const cell = 6.0
	fill := func(x, y, w, h float64, blue bool) {
		if blue {
			p.box(x, y, w, h, Blue, Frame)
		} else {
			p.box(x, y, w, h, nil, Frame)
		}
	}
	switch g {
	case Checkerboard:
		for i := range 16 {
			fill(-2*cell+float64(i%4)*cell, float64(i/4)*cell, cell, cell, (i%4+i/4)%2 == 0)
		}
	case Channels:
		for i := range 4 {
			fill(-18+float64(i)*9.5, 4, 8, 16, i < 2)
		}
	case InTurn:
		for i := range 4 {
			fill(-10+float64(i%2)*10.5, 1+float64(i/2)*11, 9.5, 9.5, i == 0 || i == 3)
		}
	case Squeezes:
		fill(-26, 4, 16, 16, false)
		p.line(Frame, -18, 4, -18, 20)
		p.line(Frame, -26, 12, -10, 12)
		p.arrow(Ink, -8, 12, 4, 12)
		for i := range 4 {
			fill(7+float64(i)*5, 6, 4, 12, false)
		}
	case FactorsOut:
		for i := range 4 {
			fill(-18+float64(i)*9.5, 2+4*float64(i/2), 8, 16, false)
		}
	}
}

func latentColor(part int) color.NRGBA { return cycle[(part+1)%len(cycle)] }

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func shapeText(shape []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", "×"), "[]")
}

// subscript is a number in lowered digits.
func subscript(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + '₀' }, fmt.Sprint(n))
}
