package figures

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colorBar is the scale of a map: which colour stands for which value.
type colorBar struct {
	low, high float64
	label     string
	hidden    bool // another figure beside has the same
}

// barSpace is the width a colour bar takes, with its numbers and label.
const barSpace = 82 * Px

func (b colorBar) color(v float64) color.NRGBA {
	if !finite(v) {
		return shade(math.NaN())
	}
	return shade((v - b.low) / (b.high - b.low))
}

// levels are the round values inside the scale: marks on the bar, contour lines
// on the map.
func (b colorBar) levels() []float64 {
	var levels []float64
	for _, t := range (roundTicks{about: 6}).Ticks(b.low, b.high) {
		if margin := (b.high - b.low) / 100; t.Value > b.low+margin && t.Value < b.high-margin {
			levels = append(levels, t.Value)
		}
	}
	return levels
}

// draw draws the bar over the height of c, numbers and label on its right.
func (b colorBar) draw(c draw.Canvas) {
	const left, width, steps = 14 * Px, 14 * Px, 128
	x0, x1 := c.Min.X+left, c.Min.X+left+width
	y := func(v float64) vg.Length {
		return c.Min.Y + vg.Length((v-b.low)/(b.high-b.low))*(c.Max.Y-c.Min.Y)
	}
	step := (c.Max.Y - c.Min.Y) / steps
	for i := range steps {
		from := c.Min.Y + vg.Length(i)*step
		to := min(from+2*step, c.Max.Y) // overlaps the next, so that no seam shows
		c.SetColor(shade((float64(i) + 0.5) / steps))
		c.Fill(vg.Rectangle{Min: vg.Point{X: x0, Y: from}, Max: vg.Point{X: x1, Y: to}}.Path())
	}
	edge := draw.LineStyle{Color: Frame, Width: Px}
	c.StrokeLines(edge, []vg.Point{{X: x0, Y: c.Min.Y}, {X: x1, Y: c.Min.Y}, {X: x1, Y: c.Max.Y}, {X: x0, Y: c.Max.Y}, {X: x0, Y: c.Min.Y}})
	level := draw.LineStyle{Color: contour, Width: 0.8 * Px}
	sty := textStyle(11.5, Ink)
	var widest vg.Length
	for _, t := range (roundTicks{about: 6}).Ticks(b.low, b.high) {
		c.StrokeLine2(level, x0, y(t.Value), x1, y(t.Value))
		c.FillText(sty, vg.Point{X: x1 + 5*Px, Y: y(t.Value) - 4*Px}, t.Label)
		widest = max(widest, sty.Width(t.Label))
	}
	label := textStyle(12.5, Ink)
	label.Rotation = math.Pi / 2
	label.XAlign, label.YAlign = draw.XCenter, draw.YTop
	c.FillText(label, vg.Point{X: x1 + 9*Px + widest, Y: c.Center().Y}, b.label)
}
