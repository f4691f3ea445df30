package figures

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Px is one CSS pixel, 1/96 inch: the unit of every size in this package.
const Px = vg.Inch / 96

// ColumnWidth is the width of a notebook's column, and of the wide figures.
const ColumnWidth = 700 * Px

// dotsPerInch of a raster figure: two dots a CSS pixel.
const dotsPerInch = 2 * 96

// Figure is a plot together with what a plot lacks to be shown: its size and
// whether it is better drawn as lines or as dots. The embedded plot is the
// user's: set titles, labels, ranges, or Add plotters before showing it.
type Figure struct {
	*plot.Plot

	// Name is the stem of the file the figure is saved under when no other is
	// given, such as "scatter".
	Name string

	// Width and Height are the size at which the figure is meant to be seen.
	Width, Height vg.Length

	// Raster is true for figures that would be heavy as SVG (thousands of points,
	// heat maps): they are shown and saved as PNG.
	Raster bool

	// Note is a small line under the figure; it says what was left out.
	Note string

	keys       []keyEntry
	equalUnits bool // a unit is as long on x as on y
	alike      bool // one of several that show the same area in the same size
	photo      bool // holds pictures, which 256 colours would spoil
	density    *densityMap
	panels     []*Figure // of a figure that is several

	// paint draws a figure that is more than its one plot; nil draws the plot.
	paint func(draw.Canvas)
}

// New wraps any plot of gonum/plot as a figure of the given size in CSS pixels,
// to be shown and saved like the figures of this package.
func New(p *plot.Plot, width, height float64) *Figure {
	return &Figure{Plot: p, Name: "figure", Width: vg.Length(width) * Px, Height: vg.Length(height) * Px}
}

// Draw draws the figure on a canvas of any size: from the top title, key, plot
// and note. What lies behind it stays.
func (f *Figure) Draw(c draw.Canvas) {
	c = f.drawHead(f.drawNote(draw.Crop(c, 6*Px, -10*Px, 5*Px, -7*Px)))
	if f.paint != nil {
		f.paint(c)
		return
	}
	body := f.body(c)
	body.Draw(f.units(&body, c))
}

// body is the plot without its title, with as many ticks as fit on c.
func (f *Figure) body(c draw.Canvas) plot.Plot {
	body := *f.Plot
	body.Title.Text = ""
	fit := func(a *plot.Axis, length, each vg.Length) {
		if t, ok := a.Tick.Marker.(roundTicks); ok {
			t.about = int(min(max(length/each, 3), 8))
			a.Tick.Marker = t
		}
	}
	fit(&body.X, c.Size().X, 80*Px)
	fit(&body.Y, c.Size().Y, 50*Px)
	return body
}

// WritePNG writes the figure as PNG with two dots a CSS pixel and at most 256
// colours; fewer, should it weigh more than 300 kB.
func (f *Figure) WritePNG(w io.Writer) error {
	img, err := f.Image()
	if err != nil {
		return err
	}
	rgba, ok := img.(*image.RGBA)
	if !ok || f.photo {
		return png.Encode(w, img)
	}
	const heaviest = 300_000
	var b bytes.Buffer
	for _, colors := range []int{256, 96, 32, 16} {
		b.Reset()
		if err := png.Encode(&b, paletted(rgba, colors)); err != nil {
			return err
		}
		if b.Len() <= heaviest {
			break
		}
	}
	_, err = b.WriteTo(w)
	return err
}

// Image draws the figure as an image with two dots a CSS pixel.
func (f *Figure) Image() (image.Image, error) {
	if err := f.checkSize(); err != nil {
		return nil, err
	}
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(dotsPerInch), vgimg.UseBackgroundColor(color.Transparent))
	f.Draw(draw.New(onPieces(c)))
	return c.Image(), nil
}

// Save writes the figure to a file; its ending, .svg or .png, says how.
func (f *Figure) Save(path string) error {
	var b bytes.Buffer
	write := f.WriteSVG
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".svg":
	case ".png":
		write = f.WritePNG
	default:
		return fmt.Errorf("figures: cannot save %q: the file's name must end in .svg or .png", path)
	}
	if err := write(&b); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// Label describes the figure in words, to those who cannot see it: its title, or
// else its name.
func (f *Figure) Label() string {
	if f.Plot != nil && f.Title.Text != "" {
		return f.Title.Text
	}
	return f.Name
}

func (f *Figure) checkSize() error {
	const most = 10_000 * Px
	if f.Plot == nil && f.paint == nil {
		return errors.New("figures: the figure has no plot: make it with figures.New or a function of this package")
	}
	if !(f.Width >= 40*Px && f.Height >= 40*Px && f.Width <= most && f.Height <= most) {
		return fmt.Errorf("figures: %s is %.0f × %.0f pixels: width and height must be between 40 and 10,000",
			f.Name, f.Width/Px, f.Height/Px)
	}
	return nil
}
