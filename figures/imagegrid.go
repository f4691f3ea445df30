package figures

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
)

// GridOptions says how ImageGrid lays its images out. The zero value is a good
// start.
type GridOptions struct {
	// Columns is the number of images a row; 0 means as near to a square as fits.
	Columns int

	// Scale is the number of screen pixels a pixel is wide; 0 means the largest
	// whole number for which the grid fits ColumnWidth, at least 1.
	Scale int

	// Gap is the width of the empty lines between images in screen pixels; 0
	// means 2, a negative number means none.
	Gap int
}

// pixel is what an image's values may be stored as.
type pixel interface {
	~uint8 | ~float32 | ~float64
}

// ImageGrid lays images out row by row, each pixel a crisp square, with nothing
// between them. pixels holds n images one after the other, each height × width ×
// channels (NHWC) with values 0 … 255; channels is 1 (grey) or 3 (RGB), and n
// follows from the length.
//
// Values are rounded down, so that a dequantised pixel x + u, u in [0, 1), shows
// as x, and clipped to 0 … 255. A pixel with a NaN is drawn in magenta, which no
// grey image has. The picture is limited to 16 million pixels. As PNG, which loses
// nothing, a colour image of 64 × 64 pixels weighs some 9 kB: 32 of them, or 100
// of 32 × 32, stay under 300 kB.
func ImageGrid[T pixel](pixels []T, height, width, channels int, opt GridOptions) (image.Image, error) {
	l, err := newGridLayout(len(pixels), height, width, channels, opt)
	if err != nil {
		return nil, err
	}
	img := image.NewNRGBA(image.Rectangle{Max: l.size()})
	one := height * width * channels
	for i := range l.n {
		at := l.corner(i)
		for p := range height * width {
			y, x := at.Y+p/width*l.scale, at.X+p%width*l.scale
			square := image.Rect(x, y, x+l.scale, y+l.scale)
			draw.Draw(img, square, image.NewUniform(pixelColor(pixels[i*one+p*channels:][:channels])), image.Point{}, draw.Src)
		}
	}
	return img, nil
}

func isNaN[T pixel](v T) bool { return v != v }

func pixelColor[T pixel](values []T) color.NRGBA {
	var c [3]uint8
	for i, v := range values {
		if isNaN(v) {
			return Magenta
		}
		c[i] = uint8(min(max(float64(v), 0), 255))
	}
	if len(values) == 1 {
		c[1], c[2] = c[0], c[0]
	}
	return color.NRGBA{R: c[0], G: c[1], B: c[2], A: 255}
}

// gridLayout is where each of n images goes.
type gridLayout struct {
	n, columns, scale, gap int
	height, width          int
}

func newGridLayout(values, height, width, channels int, opt GridOptions) (gridLayout, error) {
	const most = 16 << 20
	l := gridLayout{columns: opt.Columns, scale: opt.Scale, gap: opt.Gap, height: height, width: width}
	switch {
	case height < 1 || width < 1 || height > most || width > most:
		return l, fmt.Errorf("figures: image grid: images of %d × %d pixels: height and width must be at least 1 and the picture at most 16 million pixels", height, width)
	case channels != 1 && channels != 3:
		return l, fmt.Errorf("figures: image grid: %d channels: it must be 1 (grey) or 3 (RGB)", channels)
	case values == 0:
		return l, errors.New("figures: image grid: no images to draw")
	case values%(height*width*channels) != 0:
		return l, fmt.Errorf("figures: image grid: %d values are not a whole number of images of %d × %d × %d", values, height, width, channels)
	case opt.Columns < 0 || opt.Scale < 0:
		return l, fmt.Errorf("figures: image grid: %d columns at scale %d: neither may be negative", opt.Columns, opt.Scale)
	}
	l.n = values / (height * width * channels)
	switch {
	case l.gap == 0:
		l.gap = 2
	case l.gap < 0:
		l.gap = 0
	}
	if l.columns == 0 {
		l.columns = int(math.Ceil(math.Sqrt(float64(l.n))))
	}
	l.columns = min(l.columns, l.n)
	if l.scale == 0 {
		free := int(ColumnWidth/Px) - l.gap*(l.columns+1)
		l.scale = max(1, free/(l.columns*width))
	}
	if l.area() > most {
		return l, fmt.Errorf("figures: image grid: %s images of %d × %d make a picture of more than 16 million pixels: show fewer of them",
			count(l.n), height, width)
	}
	return l, nil
}

func (l gridLayout) rows() int { return (l.n + l.columns - 1) / l.columns }

func (l gridLayout) size() image.Point {
	return image.Pt(l.columns*(l.width*l.scale+l.gap)+l.gap, l.rows()*(l.height*l.scale+l.gap)+l.gap)
}

// area is the number of pixels of the picture, as a float64 so that it cannot overflow.
func (l gridLayout) area() float64 {
	side := func(images, pixels int) float64 {
		return float64(images)*(float64(pixels)*float64(l.scale)+float64(l.gap)) + float64(l.gap)
	}
	return side(l.columns, l.width) * side(l.rows(), l.height)
}

func (l gridLayout) corner(i int) image.Point {
	return image.Pt(l.gap+i%l.columns*(l.width*l.scale+l.gap), l.gap+i/l.columns*(l.height*l.scale+l.gap))
}
