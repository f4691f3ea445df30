package figures

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"flowbook/figures/chart"
)

// The one palette of the book: the colours of package chart, and those of what is drawn around them. A figure has no ground of
// its own, so that each serves on a light page and on a dark one.
var (
	Blue    = rgb(chart.Blue) // data
	Red     = rgb(chart.Red)  // samples of the model
	Teal    = rgb(chart.Teal)
	Orange  = rgb(chart.Orange)
	Magenta = rgb(chart.Magenta)
	Violet  = rgb(chart.Violet)

	Ink     = rgb(0x6F757D)            // text and reference lines
	Frame   = rgb(0x8C959F)            // axis lines
	Rule    = fade(rgb(0x8C959F), 0.2) // grid lines
	Paper   = rgb(0xFFFFFF)            // where a map of colours begins; text on a colour
	contour = fade(rgb(0x24292F), 0.6) // lines over a map of colours
)

// cycle is the order of colours for curves.
var cycle = func() (all []color.NRGBA) {
	for _, c := range chart.Cycle {
		all = append(all, rgb(c))
	}
	return all
}()

// lineOf is the look of the i-th curve of a figure: six colours, then the same
// six dashed.
func lineOf(i int) draw.LineStyle {
	return draw.LineStyle{Color: cycle[i%len(cycle)], Width: 1.6 * Px, Dashes: dashes(chart.DashesOf(i))}
}

// dashes are lengths in pixels.
func dashes(pixels []float64) []vg.Length {
	var all []vg.Length
	for _, p := range pixels {
		all = append(all, vg.Length(p)*Px)
	}
	return all
}

// dashed is the look of a reference: a thin line of short dashes.
func dashed(c color.Color) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: 1.3 * Px, Dashes: []vg.Length{5 * Px, 3 * Px}}
}

// dashedLike is the look of the i-th reference of several: each has dashes of its own.
func dashedLike(i int) draw.LineStyle {
	style := dashed(Ink)
	style.Dashes = dashes(chart.Dashes[1+i%(len(chart.Dashes)-1)])
	return style
}

// fade returns c with the given opacity, 0 to 1.
func fade(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(math.Round(255 * opacity))
	return c
}

func rgb(hex chart.Colour) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// tint is c so thin that text on it is read.
func tint(c color.NRGBA) color.NRGBA { return fade(c, 0.12) }
