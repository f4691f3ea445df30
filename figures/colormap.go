package figures

import (
	"image/color"
	"math"
)

// shades runs from paper to dark blue by way of green, ever darker: ColorBrewer's
// YlGnBu (colorbrewer2.org), which the colour-blind can read, with a white start.
var shades = []color.NRGBA{
	Paper, rgb(0xEDF8D9), rgb(0xC7E9B4), rgb(0x7FCDBB), rgb(0x41B6C4),
	rgb(0x1D91C0), rgb(0x225EA8), rgb(0x253494), rgb(0x081D58),
}

// shade is the colour of a share t of the scale, 0 to 1; NaN is grey.
func shade(t float64) color.NRGBA {
	if math.IsNaN(t) {
		return rgb(0xC8CCD1)
	}
	t = min(max(t, 0), 1) * float64(len(shades)-1)
	i := min(int(t), len(shades)-2)
	mix := func(a, b uint8) uint8 {
		return uint8(math.Round(float64(a) + (t-float64(i))*(float64(b)-float64(a))))
	}
	a, b := shades[i], shades[i+1]
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 255}
}
