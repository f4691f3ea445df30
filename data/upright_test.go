package data

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/tiff"
)

// exifOf is an EXIF block that holds an orientation, after a tag of another kind.
func exifOf(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8) // the first folder of tags follows at once
	b = order.AppendUint16(b, 2)
	for _, tag := range [][2]uint16{{0x0103, 6}, {0x0112, orientation}} {
		b = order.AppendUint16(b, tag[0])
		b = order.AppendUint16(b, 3) // a short
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(order.AppendUint16(b, tag[1]), 0)
	}
	return order.AppendUint32(b, 0)
}

// jpgWith puts an EXIF block into a JPEG, where cameras put it.
func jpgWith(picture, exif []byte) []byte {
	return slices.Concat(picture[:2], app1("Exif\x00\x00"+string(exif)), picture[2:])
}

// app1 is a JPEG's segment of what programs add.
func app1(content string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(content)+2)), content...)
}

// pngWith puts an EXIF block into a PNG, after its header.
func pngWith(picture, exif []byte) []byte {
	chunk := append([]byte("eXIf"), exif...)
	out := binary.BigEndian.AppendUint32(bytes.Clone(picture[:33]), uint32(len(exif)))
	out = binary.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
	return append(out, picture[33:]...)
}

// corners is a 16×24 picture of four colours: red upper left, green upper right, blue lower left, white lower right.
func corners() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 24, 16))
	for y := range 16 {
		for x := range 24 {
			m.Set(x, y, []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}[x/12+y/8*2])
		}
	}
	return m
}

// seen names the colours of a set's picture's corners: upper left, upper right, lower left, lower right.
func seen(m *Images, i int) string {
	letters := ""
	for _, at := range [][2]int{{0, 0}, {0, m.W - 1}, {m.H - 1, 0}, {m.H - 1, m.W - 1}} {
		p := m.Image(i)[(at[0]*m.W+at[1])*3:]
		switch r, g, b := p[0] > 127, p[1] > 127, p[2] > 127; {
		case r && g && b:
			letters += "w"
		case !r && !g && !b:
			letters += "k"
		case r && !g && !b:
			letters += "r"
		case g && !r && !b:
			letters += "g"
		case b && !r && !g:
			letters += "b"
		default:
			letters += "?"
		}
	}
	return letters
}

// As PIL's exif_transpose has it, and every viewer.
func TestEveryOrientation(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	want := []string{"rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"}
	kinds := map[string]func(exif []byte) []byte{
		".jpg": func(exif []byte) []byte { return jpgWith(jpg(t, corners()), exif) },
		".png": func(exif []byte) []byte { return pngWith(pngOf(t, corners()), exif) },
		"-xmp-first.jpg": func(exif []byte) []byte {
			picture := jpg(t, corners())
			return slices.Concat(picture[:2], app1("http://ns.adobe.com/xap/1.0/\x00<x/>"), []byte{0xff}, jpgWith(picture, exif)[2:])
		},
		"-prefix.png": func(exif []byte) []byte { return pngWith(pngOf(t, corners()), append([]byte("Exif\x00\x00"), exif...)) },
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for kind, put := range kinds {
			for i, letters := range want {
				dir := t.TempDir()
				write(t, filepath.Join(dir, "a"+kind), put(exifOf(order, uint16(i+1))))
				h, w := 16, 24
				if i >= 4 {
					h, w = w, h
				}
				m, err := ImageFolder(dir, h, w, 3)
				if err != nil {
					t.Fatal(err)
				}
				if got := seen(m, 0); got != letters {
					t.Errorf("%s, %v, orientation %d: %s, want %s", kind, order, i+1, got, letters)
				}
			}
		}
	}
	for _, senseless := range []uint16{0, 9, 65535} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.jpg"), jpgWith(jpg(t, corners()), exifOf(binary.LittleEndian, senseless)))
		if m, err := ImageFolder(dir, 16, 24, 3); err != nil || seen(m, 0) != "rgbw" {
			t.Errorf("orientation %d: %v, %v", senseless, m, err)
		}
	}
	for cut := range 40 { // a block that ends early costs the picture nothing
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.jpg"), jpgWith(jpg(t, corners()), exifOf(binary.BigEndian, 6)[:cut%39]))
		if m, err := ImageFolder(dir, 16, 16, 3); err != nil || m.Len() != 1 {
			t.Fatalf("an EXIF block of %d bytes: %v, %v", cut, m, err)
		}
	}
}

func TestTIFFOrientation(t *testing.T) {
	var b bytes.Buffer
	if err := tiff.Encode(&b, corners(), nil); err != nil {
		t.Fatal(err)
	}
	if got := orientation(b.Bytes(), "tiff"); got != 1 {
		t.Errorf("without the tag: %d", got)
	}
	if got := orientation(exifOf(binary.BigEndian, 8), "tiff"); got != 8 { // an EXIF block is a TIFF without a picture
		t.Errorf("with the tag: %d", got)
	}
}

// Sixteen bits a channel and what is transparent come out of a turn as they went in.
func TestUprightKeepsColours(t *testing.T) {
	m := image.NewNRGBA64(image.Rect(3, 5, 5, 6)) // not at the origin
	m.Set(3, 5, color.NRGBA64{0xabcd, 0x1234, 0xffff, 0xffff})
	m.Set(4, 5, color.NRGBA64{0xffff, 0xffff, 0xffff, 0})
	turned := upright(m, 6)
	if got, want := rgb(turned, turned.Bounds()), []uint8{0xab, 0x12, 0xff, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	plain, err := decode(readerOf(b.Bytes()), func(m image.Image) ([]uint8, error) { return rgb(m, m.Bounds()), nil })
	if err != nil || !slices.Equal(plain, []uint8{0xab, 0x12, 0xff, 0, 0, 0}) {
		t.Errorf("%v, %v", plain, err)
	}
}
