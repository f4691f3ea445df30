package chart

import "fmt"

// A Colour is red, green and blue, eight bits each: 0x0077BB.
type Colour uint32

func (c Colour) String() string { return fmt.Sprintf("#%06x", uint32(c)) }

// The colours, after Paul Tol's "vibrant" scheme (https://personal.sron.nl/~pault/) with a violet. Every two stay distinct for all three kinds
// of colour blindness, and each has a contrast of at least 3 to white and to the dark ground of a page, which WCAG asks of graphics.
const (
	Blue    Colour = 0x0077BB
	Orange  Colour = 0xDD7700
	Teal    Colour = 0x009988
	Magenta Colour = 0xEE3377
	Violet  Colour = 0x8844FF
	Red     Colour = 0xCC3311
)

// Cycle is the order of colours for curves, neighbours far apart in hue and lightness; after them the dashes change.
var Cycle = []Colour{Blue, Orange, Teal, Magenta, Violet, Red}

// Dashes tell curves apart when colours repeat or are not seen: lengths of lines and gaps in pixels.
var Dashes = [][]float64{nil, {7, 3}, {2, 2}, {8, 3, 2, 3}}

// ColourOf and DashesOf are the look of the i-th curve.
func ColourOf(i int) Colour    { return Cycle[i%len(Cycle)] }
func DashesOf(i int) []float64 { return Dashes[i/len(Cycle)%len(Dashes)] }
