package figures

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// newFigure is an empty figure in the house style: sans serif, light grid,
// round ticks, legend at the top right.
func newFigure(name string, width, height float64, title, x, y string) *Figure {
	p := plot.New()
	p.TextHandler, p.Title.TextStyle.Handler = labels, labels
	p.BackgroundColor = nil // Figure.Draw paints the ground
	p.Title.Text = title
	p.Title.TextStyle.Font = sans(14)
	p.Title.TextStyle.Font.Weight = xfont.WeightBold
	p.Title.TextStyle.Color = Ink
	p.Title.Padding = 8 * Px
	p.X.Label.Text, p.Y.Label.Text = x, y
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Handler, a.Tick.Label.Handler = labels, labels
		a.Label.TextStyle.Font = sans(12.5)
		a.Label.TextStyle.Color = Ink
		a.Label.Padding = 4 * Px
		a.Tick.Label.Font = sans(11.5)
		a.Tick.Label.Color = Muted
		a.Tick.Length = 4 * Px
		a.Tick.LineStyle = draw.LineStyle{Color: Frame, Width: Px}
		a.LineStyle = draw.LineStyle{Color: Frame, Width: Px}
		a.Padding = 0
		a.Tick.Marker = roundTicks{about: 6}
	}
	p.Legend.TextStyle = textStyle(12, Ink)
	p.Legend.Top = true
	p.Legend.Padding = 3 * Px
	p.Legend.XOffs, p.Legend.YOffs = -6*Px, -4*Px
	p.Legend.ThumbnailWidth = 24 * Px
	grid := plotter.NewGrid()
	grid.Horizontal = draw.LineStyle{Color: Rule, Width: Px}
	grid.Vertical = grid.Horizontal
	p.Add(grid)
	f := New(p, width, height)
	f.Name = name
	return f
}

// sans is the typeface of every figure; size is in CSS pixels.
func sans(size float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(size) * Px}
}

func textStyle(size float64, c color.Color) text.Style {
	return text.Style{Font: sans(size), Color: c, Handler: labels}
}

// roundTicks marks an axis at about so many multiples of 1, 2 or 5 times a power
// of ten, all labelled with the same number of decimals.
type roundTicks struct{ about int }

// Ticks implements plot.Ticker.
func (t roundTicks) Ticks(lo, hi float64) []plot.Tick {
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		return nil
	}
	step := roundStep((hi - lo) / float64(t.about))
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	if !(last-first <= float64(4*t.about)) { // steps too fine for a float64
		return nil
	}
	var ticks []plot.Tick
	for i := first; i <= last; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: number(i*step, step)})
	}
	return ticks
}

// roundStep is the 1, 2 or 5 times a power of ten nearest to raw by ratio.
func roundStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	best := power
	for _, m := range []float64{2, 5, 10} {
		if step := m * power; step*best < raw*raw {
			best = step
		} else if step/raw < raw/best {
			best = step
		}
	}
	return best
}

// number writes v as precisely as the step between ticks needs: "−0.25",
// "10,000", "3×10⁻⁷".
func number(v, step float64) string {
	magnitude := int(math.Floor(math.Log10(step) + 1e-9))
	switch {
	case math.Abs(v) < step/1e6:
		v = 0
		if magnitude < -5 || magnitude > 6 {
			return "0"
		}
	case magnitude < -5 || math.Abs(v) >= 1e7:
		digits := int(math.Floor(math.Log10(math.Abs(v))+1e-9)) - magnitude
		return scientific(v, min(max(digits, 0), 3))
	}
	s := strconv.FormatFloat(v, 'f', max(0, -magnitude), 64)
	if magnitude >= 0 {
		s = thousands(s)
	}
	return strings.ReplaceAll(s, "-", "−")
}

// scientific writes v with a power of ten, as "1.5×10⁸".
func scientific(v float64, digits int) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', digits, 64), "e")
	n, _ := strconv.Atoi(exponent)
	s := strings.ReplaceAll(mantissa, "-", "−") + "×10"
	for _, r := range strconv.Itoa(n) {
		s += string(exponents[r])
	}
	return s
}

// exponents are the raised forms of a number's characters.
var exponents = map[rune]rune{'-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹'}

// count writes a whole number with commas between thousands.
func count(n int) string { return thousands(strconv.Itoa(n)) }

func thousands(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
