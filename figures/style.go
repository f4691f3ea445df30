package figures

import (
	"image/color"
	"strconv"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"flowbook/figures/chart"
)

// newFigure is an empty figure in the house style: sans serif, light grid,
// round ticks, legend at the top right.
func newFigure(name string, width, height float64, title, x, y string) *Figure {
	p := plot.New()
	p.TextHandler, p.Title.TextStyle = labels, titleStyle()
	p.BackgroundColor = nil // the page's
	p.Title.Text = title
	p.Title.Padding = 8 * Px
	p.X.Label.Text, p.Y.Label.Text = x, y
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Handler, a.Tick.Label.Handler = labels, labels
		a.Label.TextStyle.Font = sans(12.5)
		a.Label.TextStyle.Color = Ink
		a.Label.Padding = 4 * Px
		a.Tick.Label.Font = sans(11.5)
		a.Tick.Label.Color = Ink
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

// titleStyle is that of a figure's title, which is centred and hangs from its point.
func titleStyle() text.Style {
	style := textStyle(14, Ink)
	style.Font.Weight = xfont.WeightBold
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	return style
}

// roundTicks marks an axis at about so many multiples of 1, 2 or 5 times a power
// of ten, all labelled with the same number of decimals.
type roundTicks struct{ about int }

// Ticks implements plot.Ticker.
func (t roundTicks) Ticks(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	for _, tick := range chart.Ticks(lo, hi, t.about, 0) {
		ticks = append(ticks, plot.Tick{Value: tick.Value, Label: tick.Label})
	}
	return ticks
}

// count writes a whole number with commas between thousands.
func count(n int) string { return chart.Thousands(strconv.Itoa(n)) }
