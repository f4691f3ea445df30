package figures

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The one palette of the book, after Paul Tol's "vibrant" and "muted" schemes
// (https://personal.sron.nl/~pault/). Every two curves' colours stay distinct for
// all three kinds of colour blindness, and each has a contrast of at least 3:1
// with paper, which WCAG asks of graphics; palette_test.go holds it to that.
var (
	Blue    = rgb(0x0077BB) // data
	Red     = rgb(0xCC3311) // samples of the model
	Teal    = rgb(0x009988)
	Orange  = rgb(0xDD7700)
	Magenta = rgb(0xEE3377)
	Indigo  = rgb(0x332288)

	Ink   = rgb(0x24292F) // text and reference lines
	Muted = rgb(0x656D76) // notes, tick labels
	Frame = rgb(0x8C959F) // axis lines
	Rule  = rgb(0xE7EAED) // grid lines
	Paper = rgb(0xFFFFFF) // the ground of every figure
)

// cycle orders the palette for curves, neighbours far apart in hue and lightness.
var cycle = []color.NRGBA{Blue, Orange, Teal, Magenta, Indigo, Red}

// dashes tell curves apart when colours repeat or are not seen.
var dashes = [][]vg.Length{nil, {7 * Px, 3 * Px}, {2 * Px, 2 * Px}, {8 * Px, 3 * Px, 2 * Px, 3 * Px}}

// lineOf is the look of the i-th curve of a figure: six colours, then the same
// six dashed.
func lineOf(i int) draw.LineStyle {
	return draw.LineStyle{
		Color:  cycle[i%len(cycle)],
		Width:  1.6 * Px,
		Dashes: dashes[i/len(cycle)%len(dashes)],
	}
}

// dashed is the look of a reference: a thin line of short dashes.
func dashed(c color.Color) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: 1.3 * Px, Dashes: []vg.Length{5 * Px, 3 * Px}}
}

// fade returns c with the given opacity, 0 to 1.
func fade(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(math.Round(255 * opacity))
	return c
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// tint is c mixed into paper, opaque.
func tint(c color.NRGBA) color.NRGBA {
	mix := func(v, paper uint8) uint8 { return uint8(0.2*float64(v) + 0.8*float64(paper)) }
	return color.NRGBA{R: mix(c.R, Paper.R), G: mix(c.G, Paper.G), B: mix(c.B, Paper.B), A: 255}
}
