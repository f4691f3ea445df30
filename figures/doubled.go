package figures

import (
	"image"
	"image/draw"
)

// Doubled is the image with each pixel as four, which stays crisp on a screen of
// two dots a pixel when shown at the size of the original.
func Doubled(img image.Image) image.Image {
	from := img.Bounds()
	to := image.Rect(0, 0, 2*from.Dx(), 2*from.Dy())
	switch p := img.(type) {
	case *image.Paletted:
		big := image.NewPaletted(to, p.Palette)
		double(big.Pix, p.Pix[p.PixOffset(from.Min.X, from.Min.Y):], p.Stride, from.Size(), 1)
		return big
	case *image.Gray:
		big := image.NewGray(to)
		double(big.Pix, p.Pix[p.PixOffset(from.Min.X, from.Min.Y):], p.Stride, from.Size(), 1)
		return big
	case *image.NRGBA:
		big := image.NewNRGBA(to)
		double(big.Pix, p.Pix[p.PixOffset(from.Min.X, from.Min.Y):], p.Stride, from.Size(), 4)
		return big
	}
	same := image.NewNRGBA(from)
	draw.Draw(same, from, img, from.Min, draw.Src)
	return Doubled(same)
}

// double writes each pixel of so many bytes four times.
func double(to, from []uint8, stride int, size image.Point, bytes int) {
	row := 2 * size.X * bytes
	for y := range size.Y {
		line := to[2*y*row:][:row]
		for x := range size.X {
			pixel := from[y*stride+x*bytes:][:bytes]
			copy(line[2*x*bytes:], pixel)
			copy(line[(2*x+1)*bytes:], pixel)
		}
		copy(to[(2*y+1)*row:], line)
	}
}
