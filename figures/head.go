package figures

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// keyEntry is a line of the key: what a colour or a dash stands for.
type keyEntry struct {
	name  string
	thumb plot.Thumbnailer
}

// addKey adds an entry to the key. The key stands between title and axes, where,
// unlike a legend, it can never hide data.
func (f *Figure) addKey(name string, thumb plot.Thumbnailer) {
	if name != "" {
		f.keys = append(f.keys, keyEntry{name, thumb})
	}
}

// drawHead draws title and key at the top of c and returns what is left of it.
func (f *Figure) drawHead(c draw.Canvas) draw.Canvas {
	if f.Plot != nil && f.Title.Text != "" {
		sty := f.Title.TextStyle
		line := sty.Height(f.Title.Text)
		c.FillText(sty, vg.Point{X: c.Center().X, Y: c.Max.Y}, f.Title.Text)
		c = draw.Crop(c, 0, 0, 0, -line-7*Px)
	}
	const thumb, gap, between, row = 22 * Px, 6 * Px, 20 * Px, 18 * Px
	sty := textStyle(12, Ink)
	for keys := f.keys; len(keys) > 0; {
		n, width := 0, -vg.Length(between)
		for n < len(keys) { // as many as fit in one row
			w := between + thumb + gap + sty.Width(keys[n].name)
			if n > 0 && width+w > c.Max.X-c.Min.X {
				break
			}
			n, width = n+1, width+w
		}
		x, y := c.Center().X-width/2, c.Max.Y-row/2
		for _, k := range keys[:n] {
			box := c
			box.Min, box.Max = vg.Point{X: x, Y: y - 5*Px}, vg.Point{X: x + thumb, Y: y + 5*Px}
			k.thumb.Thumbnail(&box)
			c.FillText(sty, vg.Point{X: x + thumb + gap, Y: y - 4*Px}, k.name)
			x += thumb + gap + sty.Width(k.name) + between
		}
		c = draw.Crop(c, 0, 0, 0, -row)
		keys = keys[n:]
	}
	if len(f.keys) > 0 {
		c = draw.Crop(c, 0, 0, 0, -4*Px)
	}
	return c
}

// drawNote draws the note at the bottom of c and returns what is left of it.
func (f *Figure) drawNote(c draw.Canvas) draw.Canvas {
	if f.Note == "" {
		return c
	}
	const row = 15 * Px
	sty := textStyle(11, Ink)
	lines := wrap(sty, f.Note, c.Max.X-c.Min.X)
	for i, line := range lines {
		y := c.Min.Y + 2*Px + row*vg.Length(len(lines)-1-i)
		c.FillText(sty, vg.Point{X: c.Min.X, Y: y}, line)
	}
	return draw.Crop(c, 0, 0, row*vg.Length(len(lines))+4*Px, 0)
}

// wrap breaks a text between words into lines no wider than width.
func wrap(sty text.Style, s string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch longer := line + " " + word; {
		case line == "":
			line = word
		case sty.Width(longer) <= width:
			line = longer
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// swatch is a filled square in the legend.
type swatch struct {
	fill color.Color
	edge draw.LineStyle
}

// Thumbnail implements plot.Thumbnailer.
func (s swatch) Thumbnail(c *draw.Canvas) {
	box := []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}, c.Min}
	c.FillPolygon(s.fill, box)
	c.StrokeLines(s.edge, box)
}
