package data

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"strconv"

	"github.com/bep/imagemeta"
)

// orientation is the EXIF tag of that name, 1…8: how the stored rows and columns lie on the screen. It is 1, as stored,
// where the file has none or what it has makes no sense.
func orientation(content []byte, format string) int {
	if n := tag(content, format, "Orientation"); n >= 1 && n <= 8 {
		return n
	}
	return 1
}

// tag is a number among a file's EXIF tags, which are a TIFF's own; 0 where it has none of that name.
func tag(content []byte, format, name string) int {
	found := 0
	imagemeta.Decode(imagemeta.Options{ // its error is of metadata alone: the picture is shown as stored, as a viewer does
		R: bytes.NewReader(exif(content, format)), ImageFormat: imagemeta.TIFF, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == name && t.Namespace == "IFD0" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, err := strconv.Atoi(fmt.Sprint(t.Value)); err == nil {
				found = n
			}
			return imagemeta.ErrStopWalking
		},
	})
	return found
}

// upright turns and mirrors a picture as its orientation says, so that it lies as a viewer shows it.
func upright(m image.Image, orientation int) image.Image {
	if orientation == 1 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	stored := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(stored, stored.Bounds(), m, b.Min, draw.Src)
	// source is the stored place that is seen at (x, y).
	source := map[int]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	}[orientation]
	seen := image.NewRGBA(stored.Bounds())
	if orientation >= 5 {
		seen = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range seen.Rect.Dy() {
		for x := range seen.Rect.Dx() {
			seen.SetRGBA(x, y, stored.RGBAAt(source(x, y)))
		}
	}
	return seen
}
