package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the formats that pictures come in
	_ "image/jpeg"
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
	if len(content) == 0 {
		return nil, "", errors.New("the file is empty")
	}
	if isAnimatedWebP(content) {
		m, err = animatedWebP(content)
		return m, "webp", err
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, "", err
	}
	size := image.Pt(c.Width, c.Height)
	if err := decodable(size); err != nil {
		return nil, "", err
	}
	if m, _, err = image.Decode(bytes.NewReader(content)); err != nil {
		return nil, "", err
	}
	switch format {
	case "webp":
		fullRange(m)
		err = wholeWebP(content)
	case "gif": // its first frame may be smaller than the picture
		m = onCanvas(m, image.Rectangle{Max: size}, m.Bounds().Min)
	case "tiff":
		whiteRuns(m, content)
	}
	return m, format, err
}

// maxPixels is more than any camera's picture has. A file of some bytes can declare many more, and a decoder takes the
// memory for them before it reads on.
const maxPixels = 1 << 28

// decodable fails on a picture that memory may not hold.
func decodable(size image.Point) error {
	if size.X > 0 && size.Y > maxPixels/size.X {
		return fmt.Errorf("it declares %d×%d, more than %d million pixels: shrink it", size.Y, size.X, maxPixels/1_000_000)
	}
	return nil
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
