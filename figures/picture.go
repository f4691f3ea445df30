package figures

import (
	"errors"
	"image"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Picture is an image of any kind as a figure of so many CSS pixels' width, its title above it, to stand [Beside]
// others: a grid of images that a run has kept, say. It keeps its shape and what is transparent in it.
func Picture(img image.Image, title string, width float64) (*Figure, error) {
	if img == nil || img.Bounds().Empty() {
		return nil, errors.New("figures: picture: the image is empty")
	}
	const sides, ends, head = 16, 12, 24 // what Draw leaves around it, and the title
	shape := float64(img.Bounds().Dy()) / float64(img.Bounds().Dx())
	f := newFigure("picture", width, (width-sides)*shape+ends, title, "", "")
	if title != "" {
		f.Height += head * Px
	}
	f.Raster = true
	f.paint = func(c draw.Canvas) {
		w := min(c.Size().X, c.Size().Y/vg.Length(shape))
		corner := vg.Point{X: c.Center().X - w/2, Y: c.Max.Y - w*vg.Length(shape)}
		c.DrawImage(vg.Rectangle{Min: corner, Max: vg.Point{X: corner.X + w, Y: c.Max.Y}}, img)
	}
	return f, f.checkSize()
}
