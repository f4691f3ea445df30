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
	"math"
	"os"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
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
	m, format, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("does not decode: %w", err)
	}
	if format == "webp" {
		fullRange(m)
	}
	return shape(upright(m, orientation(content, format)))
}

// fullRange stretches a lossy WebP's luma from 16…235 and its chroma from 16…240 to 0…255, in place. VP8 stores the
// narrow ranges of ITU-R BT.601 and golang.org/x/image leaves them so, where image/color takes the full ones of JPEG.
func fullRange(m image.Image) {
	var planes *image.YCbCr
	switch m := m.(type) {
	case *image.YCbCr:
		planes = m
	case *image.NYCbCrA:
		planes = &m.YCbCr
	default: // lossless: colours as they are
		return
	}
	stretch := func(plane []uint8, from, to, span float64) {
		for i, v := range plane {
			plane[i] = uint8(math.Round(max(0, min(255, to+(float64(v)-from)*255/span))))
		}
	}
	stretch(planes.Y, 16, 0, 219)
	stretch(planes.Cb, 128, 128, 224)
	stretch(planes.Cr, 128, 128, 224)
}

func openFile(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}
