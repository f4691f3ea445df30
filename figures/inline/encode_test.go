package inline

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"flowbook/figures"
)

// A picture in a cell has each pixel of the image as four, exactly, whatever kind of image it is: grey, of few colours, of
// many, part of a larger one.
func TestEncodedPixels(t *testing.T) {
	grey := make([]float32, 2*28*28)
	for i := range grey {
		grey[i] = float32(i % 200)
	}
	digits, err := figures.ImageGrid(grey, 28, 28, 1, figures.GridOptions{Scale: 2})
	if err != nil {
		t.Fatal(err)
	}
	many := image.NewNRGBA(image.Rect(0, 0, 30, 20))
	premultiplied := image.NewRGBA(image.Rect(3, 2, 9, 7))
	for i := range len(many.Pix) / 4 {
		copy(many.Pix[4*i:], []uint8{uint8(i), uint8(i >> 8), 7, 255 - uint8(i%2)})
	}
	for i := range premultiplied.Pix {
		premultiplied.Pix[i] = 255 * uint8(i/4%2)
	}
	whole := image.NewGray(image.Rect(0, 0, 9, 9))
	for i := range whole.Pix {
		whole.Pix[i] = uint8(3 * i)
	}
	for name, c := range map[string]struct {
		img     image.Image
		palette bool
	}{
		"grid":      {digits, true},
		"many":      {many, false},
		"few, part": {many.SubImage(image.Rect(4, 3, 12, 11)), true},
		"grey":      {whole, false},
		"part":      {whole.SubImage(image.Rect(2, 1, 7, 9)), false},
		"other":     {premultiplied, false},
	} {
		e, err := encodeImage(c.img, "")
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := png.Decode(bytes.NewReader(e.bytes))
		if err != nil {
			t.Fatal(name, err)
		}
		b := c.img.Bounds()
		if got.Bounds().Size() != b.Size().Mul(2) || e.width != b.Dx() {
			t.Errorf("%s: %v of width %d, of %v", name, got.Bounds(), e.width, b)
			continue
		}
		for y := range 2 * b.Dy() {
			for x := range 2 * b.Dx() {
				is := color.NRGBAModel.Convert(got.At(x, y))
				if want := color.NRGBAModel.Convert(c.img.At(b.Min.X+x/2, b.Min.Y+y/2)); is != want {
					t.Fatalf("%s: pixel (%d, %d) is %v, want %v", name, x, y, is, want)
				}
			}
		}
		if _, is := got.(*image.Paletted); is != c.palette {
			t.Errorf("%s: it is a %T", name, got)
		}
	}
}
