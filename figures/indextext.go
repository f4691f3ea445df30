package figures

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// indexText sets the Unicode indices and exponents of a label, as in "x₁" and
// "F⁻¹", as small lowered and raised characters: the typeface has them too wide
// or not at all.
type indexText struct{ text.Plain }

// labels is the text handler of every label in the package.
var labels = indexText{plot.DefaultTextHandler.(text.Plain)}

// Each index or exponent beside the character it is drawn with.
const (
	lowered = "₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9ᵢiₙnₓx"
	raised  = "⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁻−⁺+ⁿn"
)

// index maps an index or exponent to the run of one character it stands for.
var index = map[rune]run{}

func init() {
	for level, pairs := range map[int][]rune{-1: []rune(lowered), +1: []rune(raised)} {
		for i := 0; i < len(pairs); i += 2 {
			index[pairs[i]] = run{string(pairs[i+1]), level}
		}
	}
}

// run is a stretch of text on one level: lowered (−1), on the line, raised (+1).
type run struct {
	text  string
	level int
}

// runs cuts a text into runs.
func runs(s string) []run {
	var all []run
	for _, r := range s {
		c, found := index[r]
		if !found {
			c = run{string(r), 0}
		}
		if n := len(all); n > 0 && all[n-1].level == c.level {
			all[n-1].text += c.text
			continue
		}
		all = append(all, c)
	}
	return all
}

// face is the face of a run, and how far it is raised.
func (h indexText) face(r run, f font.Font) (font.Face, vg.Length) {
	if r.level == 0 {
		return h.Fonts.Lookup(f, f.Size), 0
	}
	rise := 0.34 * f.Size
	if r.level < 0 {
		rise = -0.16 * f.Size
	}
	f.Size *= 0.72
	return h.Fonts.Lookup(f, f.Size), rise
}

// Box implements text.Handler.
func (h indexText) Box(s string, f font.Font) (width, height, depth vg.Length) {
	_, height, depth = h.Plain.Box("", f)
	for _, r := range runs(s) {
		face, _ := h.face(r, f)
		width += face.Width(r.text)
	}
	return width, height, depth
}

// Draw implements text.Handler as text.Plain does, run by run.
func (h indexText) Draw(c vg.Canvas, s string, sty text.Style, at vg.Point) {
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(sty.Rotation)
	}
	sin64, cos64 := math.Sincos(sty.Rotation)
	sin, cos := vg.Length(sin64), vg.Length(cos64)
	at.X, at.Y = at.Y*sin+at.X*cos, at.Y*cos-at.X*sin
	at.Y += sty.Height(s)*vg.Length(sty.YAlign) - h.Extents(sty.Font).Ascent
	lines := h.Lines(s)
	for i, line := range lines {
		width, _, _ := h.Box(line, sty.Font)
		x := at.X + vg.Length(sty.XAlign)*width
		y := at.Y + vg.Length(len(lines)-i)*sty.Font.Size
		for _, r := range runs(line) {
			face, rise := h.face(r, sty.Font)
			c.FillString(face, vg.Point{X: x, Y: y + rise}, r.text)
			x += face.Width(r.text)
		}
	}
}
