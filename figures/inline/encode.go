package inline

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"gonum.org/v1/plot"

	"flowbook/figures"
)

// encoded is a picture as bytes, with what a page needs to place it.
type encoded struct {
	name, label string // of the file; for those who cannot see the picture
	ext         string // .svg or .png
	mime        protocol.MIMEType
	bytes       []byte
	width       int // at which it is meant to be seen, in CSS pixels
}

// content is the bytes as the kernel wants them: text for SVG.
func (e encoded) content() any {
	if e.mime == protocol.MIMEImageSVG {
		return string(e.bytes)
	}
	return e.bytes
}

// encode turns a figure, a plot or an image into bytes. format is .svg, .png or
// "" for the one that suits the picture.
func encode(picture any, format string) (encoded, error) {
	switch p := picture.(type) {
	case *figures.Figure:
		if p != nil {
			return encodeFigure(p, format)
		}
	case *plot.Plot:
		if p != nil {
			return encodeFigure(figures.New(p, 700, 400), format)
		}
	case image.Image:
		return encodeImage(p, format)
	}
	return encoded{}, fmt.Errorf("inline: cannot show %T %v: give a *figures.Figure, a *plot.Plot or an image.Image", picture, picture)
}

func encodeFigure(f *figures.Figure, format string) (encoded, error) {
	if format == "" {
		format = ".svg"
		if f.Raster {
			format = ".png"
		}
	}
	e := encoded{name: f.Name, label: f.Label(), ext: format, mime: protocol.MIMEImageSVG, width: int(f.Width/figures.Px + 0.5)}
	write := f.WriteSVG
	if format == ".png" {
		e.mime, write = protocol.MIMEImagePNG, f.WritePNG
	}
	var b bytes.Buffer
	err := write(&b)
	e.bytes = b.Bytes()
	return e, err
}

func encodeImage(img image.Image, format string) (encoded, error) {
	size := img.Bounds().Size()
	e := encoded{
		name: "image", label: fmt.Sprintf("image of %d × %d pixels", size.X, size.Y),
		ext: ".png", mime: protocol.MIMEImagePNG, width: size.X,
	}
	if format == ".svg" {
		return e, fmt.Errorf("inline: an image of pixels cannot be written as SVG: let the file's name end in .png")
	}
	img = withPalette(img)
	const heaviest, large = 300_000, 1 << 20 // bytes, pixels
	var b bytes.Buffer
	if size.X*size.Y <= large { // crisp on a screen of two dots a pixel
		if err := png.Encode(&b, figures.Doubled(img)); err != nil {
			return e, err
		}
	}
	if b.Len() == 0 || b.Len() > heaviest {
		b.Reset()
		if err := png.Encode(&b, img); err != nil {
			return e, err
		}
	}
	e.bytes = b.Bytes()
	return e, nil
}
