package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	_ "image/jpeg" // the formats that pictures come in
	_ "image/png"
	"io"
	"os"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
)

// decode opens and decodes a picture, turns it as its EXIF orientation says, and gives it its shape. What a decoder
// panics over is an error like another.
func decode(open func() (io.ReadCloser, error), shape func(image.Image) ([]uint8, error)) (pixels []uint8, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("does not decode: %v", r)
		}
	}()
	f, err := open()
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err // the name is said already
		}
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("does not read: %w", err)
	}
	m, format, err := picture(content)
	if err != nil {
		return nil, fmt.Errorf("does not decode: %w", err)
	}
	return shape(upright(m, orientation(content, format)))
}

// picture decodes the picture of a file's content, the first of an animation, and mends what the decoders leave.
func picture(content []byte) (m image.Image, format string, err error) {
	if isAnimatedWebP(content) {
		m, err = animatedWebP(content)
		return m, "webp", err
	}
	m, format, err = image.Decode(bytes.NewReader(content))
	switch {
	case err != nil:
	case format == "webp":
		fullRange(m)
	case format == "gif":
		m, err = firstOfGIF(m, content)
	case format == "tiff":
		whiteRuns(m, content)
	}
	return m, format, err
}

func openFile(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}

// whiteRuns inverts, in place, a fax's picture (CCITT groups 3 and 4) in which 0 is black: golang.org/x/image/tiff takes
// its white runs for white, where TIFF 6.0 makes them zeros, whatever colour that is.
func whiteRuns(m image.Image, content []byte) {
	const group3, group4, blackIsZero = 3, 4, 1
	g, grey := m.(*image.Gray)
	compression := tag(content, "tiff", "Compression")
	if !grey || compression != group3 && compression != group4 || tag(content, "tiff", "PhotometricInterpretation") != blackIsZero {
		return
	}
	for i, v := range g.Pix {
		g.Pix[i] = 255 - v
	}
}

// firstOfGIF puts a GIF's first frame, which may be smaller than the picture, where it lies in it.
func firstOfGIF(m image.Image, content []byte) (image.Image, error) {
	c, err := gif.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return onCanvas(m, image.Rect(0, 0, c.Width, c.Height), m.Bounds().Min), nil
}

// onCanvas lays a picture at a place of a transparent canvas, unless it fills it.
func onCanvas(m image.Image, canvas image.Rectangle, at image.Point) image.Image {
	b := m.Bounds()
	if at == (image.Point{}) && b.Size() == canvas.Size() {
		return m
	}
	whole := image.NewNRGBA(canvas)
	draw.Draw(whole, b.Sub(b.Min).Add(at), m, b.Min, draw.Src)
	return whole
}
