package data

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// Some bytes that declare more pixels than memory holds are an error, not the end of the program.
func TestPicturesTooLargeForMemory(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), 100_000), 100_000)
	header = append(header, 16, 6, 0, 0, 0) // 16 bits, with alpha
	huge := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	huge = binary.BigEndian.AppendUint32(append(huge, header...), crc32.ChecksumIEEE(header))

	photo := jpg(t, corners())
	copy(photo[bytes.Index(photo, []byte{0xff, 0xc0})+5:], "\xff\xff\xff\xff")

	var b bytes.Buffer
	if err := gif.Encode(&b, corners(), nil); err != nil {
		t.Fatal(err)
	}
	animation := bytes.Clone(b.Bytes())
	copy(animation[6:], "\xff\xff\xff\xff")

	b.Reset()
	if err := bmp.Encode(&b, corners()); err != nil {
		t.Fatal(err)
	}
	bitmap := bytes.Clone(b.Bytes())
	copy(bitmap[18:], "\x00\x00\x10\x00\x00\x00\x10\x00")

	b.Reset()
	if err := tiff.Encode(&b, corners(), nil); err != nil {
		t.Fatal(err)
	}
	scan := bytes.Clone(b.Bytes())
	for _, width := range [][]byte{{0, 1, 4, 0, 1, 0, 0, 0}, {1, 1, 4, 0, 1, 0, 0, 0}, {0, 1, 3, 0, 1, 0, 0, 0}, {1, 1, 3, 0, 1, 0, 0, 0}} {
		if at := bytes.Index(scan, width); at >= 0 {
			copy(scan[at+8:], "\xff\xff")
		}
	}

	animated, err := os.ReadFile(filepath.Join("testdata", "animated-alpha.webp"))
	if err != nil {
		t.Fatal(err)
	}
	copy(animated[bytes.Index(animated, []byte("VP8X"))+12:], "\xff\xff\xff\xff\xff\xff")

	for name, content := range map[string][]byte{"a.png": huge, "a.jpg": photo, "a.gif": animation, "a.bmp": bitmap, "a.tif": scan, "a.webp": animated} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), content)
		_, err := ImageFolder(dir, 8, 8, 3)
		wantError(t, name, err, name, "declares", "more than 268 million pixels")
	}
}

func TestEmptyAndTruncatedPictures(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	oriented, err := os.ReadFile(filepath.Join("testdata", "orientation6.webp"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"empty.png": {nil, "the file is empty"},
		"cut.webp":  {oriented[:len(oriented)-4], "it is truncated"}, // in what says how to turn it
		"cut.jpg":   {jpg(t, corners())[:300], "EOF"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), c.content)
		_, err := ImageFolder(dir, 8, 8, 3)
		wantError(t, name, err, name, c.says)
	}
}

// What the usual decoders make of rarer kinds: grey with alpha, 16 bits, a palette that holds transparency.
func TestRareKindsOfPNG(t *testing.T) {
	alpha := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	alpha.Set(0, 0, color.NRGBA{200, 200, 200, 255})
	alpha.Set(1, 0, color.NRGBA{200, 200, 200, 0})
	deep := image.NewGray16(image.Rect(0, 0, 2, 1))
	deep.Set(0, 0, color.Gray16{0xc8ff})
	palette := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.NRGBA{200, 200, 200, 255}, color.NRGBA{9, 9, 9, 0}})
	palette.Pix[1] = 1
	for what, m := range map[string]image.Image{"alpha": alpha, "16 bits": deep, "palette": palette} {
		got, err := decode(readerOf(pngOf(t, m)), func(m image.Image) ([]uint8, error) { return rgb(m, m.Bounds()), nil })
		if err != nil || !slices.Equal(got, []uint8{200, 200, 200, 0, 0, 0}) {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
}
