package data

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// folderOf is an ImageFolder of files of testdata.
func folderOf(t *testing.T, h, w int, names ...string) *Images {
	t.Helper()
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	for _, name := range names {
		write(t, filepath.Join(dir, name), testFile(t, name))
	}
	m, err := ImageFolder(dir, h, w, 3)
	if err != nil || m.Len() != len(names) {
		t.Fatal(m, err)
	}
	return m
}

func testFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// The files are as Pillow wrote them. orientation6.webp is 4×6, left red, right blue: seen, it is 6×4, red above blue.
func TestWebP(t *testing.T) {
	m := folderOf(t, 6, 4, "lossy-red.webp", "orientation6.webp")
	if p := m.Image(0); p[0] < 253 || p[1] > 3 || p[2] > 3 { // Pillow reads 255, 1, 0
		t.Errorf("a red lossy WebP is %v", p[:3])
	}
	if got := seen(m, 1); got != "rrbb" {
		t.Errorf("turned: %s, want rrbb", got)
	}
	// Its picture is a chunk of odd length, after which a byte is left out. Red grows to the right as stored, green downwards.
	m = folderOf(t, 16, 16, "odd-chunk-orientation6.webp")
	if first, last := m.Image(0)[:2], m.Image(0)[3*255:3*255+2]; !slices.Equal(first, []uint8{0, 225}) || !slices.Equal(last, []uint8{225, 0}) {
		t.Errorf("turned, it goes from %v to %v; Pillow has 0, 225 and 225, 0", first, last)
	}
}

// An animation is its first frame, where that lies in the picture.
func TestAnimations(t *testing.T) {
	m := folderOf(t, 8, 6, "animated-orientation6.webp") // red left of blue, then green; its EXIF block has a prefix
	if got := seen(m, 0); got != "rrbb" {
		t.Errorf("turned: %s, want rrbb", got)
	}
	m = folderOf(t, 16, 16, "animated-alpha.webp") // lossy, the right half transparent
	if p := m.Image(0); p[0] < 250 || p[1] > 5 || slices.Max(p[3*12:3*16]) != 0 {
		t.Errorf("red and nothing: %v", p[:3*16])
	}
	still := func(content []byte) []uint8 {
		t.Helper()
		pixels, err := decode(readerOf(content), func(m image.Image) ([]uint8, error) { return rgb(m, m.Bounds()), nil })
		if err != nil {
			t.Fatal(err)
		}
		return pixels
	}
	// The same frame at (6, 4) of a canvas of 24×20.
	content := bytes.Clone(testFile(t, "animated-alpha.webp"))
	content[24], content[27] = 23, 19
	frame := bytes.Index(content, []byte("ANMF")) + 8
	content[frame], content[frame+3] = 3, 2
	pixels := still(content)
	at := func(x, y int) uint8 { return pixels[3*(24*y+x)] }
	if len(pixels) != 24*20*3 || at(5, 4) != 0 || at(6, 3) != 0 || at(6, 4) < 250 || at(6, 19) < 250 {
		t.Errorf("%d numbers; red beside the frame is %d and %d, in it %d and %d", len(pixels), at(5, 4), at(6, 3), at(6, 4), at(6, 19))
	}
	var b bytes.Buffer
	dot := image.NewPaletted(image.Rect(1, 2, 2, 3), color.Palette{color.White, color.Black})
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{dot, dot}, Delay: []int{1, 1}, Config: image.Config{Width: 3, Height: 4, ColorModel: dot.Palette}}); err != nil {
		t.Fatal(err)
	}
	pixels = still(b.Bytes())
	if len(pixels) != 3*4*3 || slices.Index(pixels, 255) != 3*(2*3+1) {
		t.Errorf("a GIF whose frame is a dot at (1, 2): %v", pixels)
	}
	for cut := range len(content) { // an error, or the first frame, which comes before the others
		decode(readerOf(content[:cut]), func(m image.Image) ([]uint8, error) { return rgb(m, m.Bounds()), nil })
	}
	_, err := decode(readerOf(content[:40]), func(m image.Image) ([]uint8, error) { return nil, nil })
	wantError(t, "an animation that is cut", err, "does not decode", "without a whole frame")
}

// A fax in which zeros, its white runs, are black: the left half.
func TestFaxes(t *testing.T) {
	if got := seen(folderOf(t, 8, 8, "fax-zero-black.tif"), 0); got != "kwkw" {
		t.Errorf("%s, want kwkw", got)
	}
}
