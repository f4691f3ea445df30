package data

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// ramp is a picture whose colours tell the place.
func ramp(h, w int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x + y), 255})
		}
	}
	return m
}

func jpg(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func greyOf(h, w int, v uint8) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = v
	}
	return m
}

// By area, a picture blown up 64 times (so that old and new pixels share a grid) has the same means.
func TestShrinkIsTheMeanOverTheAreaCovered(t *testing.T) {
	r := newRandom(3, 3)
	for _, s := range []struct{ h, w, toH, toW int }{{148, 148, 64, 64}, {7, 5, 3, 2}, {9, 9, 3, 3}, {4, 6, 4, 6}, {5, 8, 4, 8}} {
		src := make([]uint8, s.h*s.w*3)
		for i := range src {
			src[i] = uint8(r.below(256))
		}
		got := shrink(src, s.h, s.w, 3, s.toH, s.toW)
		for i := range got {
			c, x, y := i%3, i/3%s.toW, i/3/s.toW
			sum := 0.0
			for v := range s.h { // the new pixel in parts of 1/h by 1/w, each within one old pixel
				for u := range s.w {
					oy, ox := (y*s.h+v)/s.toH, (x*s.w+u)/s.toW
					sum += float64(src[(oy*s.w+ox)*3+c])
				}
			}
			if want := uint8(sum/float64(s.h*s.w) + .5); got[i] != want {
				t.Fatalf("%+v: value %d is %d, want %d", s, i, got[i], want)
			}
		}
	}
}

func TestRGBOfEveryKindOfPicture(t *testing.T) {
	m := ramp(6, 8)
	part := image.Rect(2, 1, 5, 4)
	want := rgb(m, part)
	if want[0] != 2 || want[1] != 1 || want[2] != 3 || len(want) != 27 {
		t.Fatalf("RGBA: %v", want)
	}
	pal := image.NewPaletted(m.Bounds(), nil)
	for y := range 6 {
		for x := range 8 {
			pal.Palette = append(pal.Palette, m.At(x, y))
			pal.SetColorIndex(x, y, uint8(y*8+x))
		}
	}
	if got := rgb(pal, part); !slices.Equal(got, want) {
		t.Errorf("paletted: %v, want %v", got, want)
	}
	if got := rgb(greyOf(6, 8, 77), part); slices.Min(got) != 77 || slices.Max(got) != 77 || len(got) != 27 {
		t.Errorf("grey: %v", got)
	}
	ycc, _, err := image.Decode(bytes.NewReader(jpg(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range rgb(ycc, part) {
		x, y := i/3%3+2, i/9+1
		r, g, b, _ := ycc.At(x, y).RGBA()
		if want := [3]uint32{r, g, b}[i%3] >> 8; uint32(v) != want {
			t.Fatalf("YCbCr (%d, %d) channel %d: %d, want %d", x, y, i%3, v, want)
		}
	}
}
