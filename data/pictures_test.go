package data

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func TestImageFolder(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	put := func(name string, content []byte) { write(t, filepath.Join(dir, name), content) }
	put("cats/a.png", pngOf(t, ramp(8, 8)))
	put("cats/b.jpeg", jpg(t, greyOf(16, 16, 90))) // grey among colour
	put("dogs/c.PNG", pngOf(t, ramp(8, 20)))       // its middle 8×8 is taken
	put("dogs/d.jpg", []byte("not a picture"))
	put("dogs/e.png", pngOf(t, ramp(7, 30)))
	put("dogs/.hidden.png", []byte("x"))
	put("dogs/notes.txt", []byte("x"))
	var last Progress
	m, err := ImageFolder(dir, 8, 8, 3, OnProgress(func(p Progress) { last = p }))
	if err != nil {
		t.Fatal(err)
	}
	if m.Len() != 3 || !slices.Equal(m.Labels, []uint8{0, 0, 1}) || !slices.Equal(m.Classes, []string{"cats", "dogs"}) {
		t.Fatalf("%v, labels %v, classes %v", m, m.Labels, m.Classes)
	}
	if last.Done != 5 || last.Total != 5 || last.Unit != "pictures" {
		t.Errorf("last progress %+v", last)
	}
	if !slices.Equal(m.Image(0), rgb(ramp(8, 8), image.Rect(0, 0, 8, 8))) {
		t.Error("a.png is not as drawn")
	}
	if slices.Min(m.Image(1)) != 90 || slices.Max(m.Image(1)) != 90 {
		t.Errorf("the grey picture is %v", m.Image(1)[:6])
	}
	if got := m.Image(2)[0]; got != 6 {
		t.Errorf("the wide picture begins at column %d, want 6", got)
	}
	if len(m.Skipped) != 2 || !strings.Contains(m.Skipped[0], "dogs/d.jpg: does not decode") || m.Skipped[1] != "dogs/e.png: is 7×30, smaller than 8×8" {
		t.Errorf("skipped %q", m.Skipped)
	}
	if err := m.Verify(); err != nil {
		t.Error(err)
	}
	// From the cache it is the same; a changed file makes it anew.
	again, err := ImageFolder(dir, 8, 8, 3, OnProgress(func(p Progress) { t.Error("decoded again") }))
	if err != nil || again.Digest != m.Digest || !slices.Equal(again.Skipped, m.Skipped) || !slices.Equal(again.Classes, m.Classes) {
		t.Errorf("%v, %v", again, err)
	}
	put("dogs/d.jpg", jpg(t, greyOf(9, 9, 1)))
	if m, err = ImageFolder(dir, 8, 8, 3); err != nil || m.Len() != 4 || len(m.Skipped) != 1 {
		t.Errorf("after mending a file: %v, %v", m, err)
	}
	flat, err := ImageFolder(filepath.Join(dir, "cats"), 4, 4, 1) // no folders, no labels; grey
	if err != nil || flat.Labels != nil || flat.C != 1 || flat.Len() != 2 || flat.Image(1)[0] != 90 {
		t.Errorf("%v, %v", flat, err)
	}
}

func TestImageFolderBad(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	empty, broken, small := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(broken, "x.jpg"), []byte("nonsense"))
	write(t, filepath.Join(small, "x.png"), pngOf(t, ramp(4, 4)))
	folder := func(dir string, h, w, c int) error { _, err := ImageFolder(dir, h, w, c); return err }
	for _, c := range []struct {
		what string
		err  error
		says []string
	}{
		{"empty", folder(empty, 8, 8, 3), []string{"no .jpg, .jpeg or .png in", empty}},
		{"nowhere", folder(filepath.Join(empty, "nowhere"), 8, 8, 3), []string{"nowhere"}},
		{"all broken", folder(broken, 8, 8, 3), []string{"none of the 1 pictures", "x.jpg", "does not decode"}},
		{"all small", folder(small, 8, 8, 3), []string{"none of the 1 pictures", "x.png", "is 4×4, smaller than 8×8"}},
		{"two channels", folder(small, 8, 8, 2), []string{"channels 1 or 3"}},
		{"no height", folder(small, 0, 8, 3), []string{"at least 1"}},
	} {
		wantError(t, c.what, c.err, c.says...)
	}
	if err := folder(empty, 8, 8, 3); !errors.Is(err, ErrMissing) {
		t.Errorf("an empty folder is not ErrMissing: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cacheDir(), "*")); len(left) > 0 {
		t.Errorf("failures left %v", left)
	}
}

func TestFullDiskWhileDecoding(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	for i := range 9 {
		write(t, filepath.Join(dir, fmt.Sprintf("%d.png", i)), pngOf(t, ramp(256, 256)))
	}
	_, err := ImageFolder(dir, 256, 256, 3, fillAfter(300000))
	wantError(t, "full disk", err, "no space left", cacheDir(), "FLOWBOOK_HOME", "the source is untouched")
	if left, _ := filepath.Glob(filepath.Join(cacheDir(), "*")); len(left) > 0 {
		t.Errorf("the full disk keeps %v", left)
	}
	if m, err := ImageFolder(dir, 256, 256, 3); err != nil || m.Len() != 9 {
		t.Errorf("after space was freed: %v, %v", m, err)
	}
}

func TestCancelledDecoding(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	for i := range 50 {
		write(t, filepath.Join(dir, fmt.Sprintf("%02d.png", i)), pngOf(t, ramp(8, 8)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := ImageFolder(dir, 8, 8, 3, WithContext(ctx), OnProgress(func(p Progress) {
		if p.Done == 10 {
			cancel()
		}
	}))
	wantError(t, "cancelled", err, "stopped after", "of 50 pictures", "call again")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cacheDir(), "*")); len(left) > 0 {
		t.Errorf("the cancelled decoding left %v", left)
	}
}

// A cache cut short or of other bytes is made anew, never trusted.
func TestBrokenCacheIsMadeAnew(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.png"), pngOf(t, ramp(8, 8)))
	want, err := ImageFolder(dir, 8, 8, 3)
	if err != nil {
		t.Fatal(err)
	}
	caches, _ := filepath.Glob(filepath.Join(cacheDir(), "*.images"))
	if len(caches) != 1 {
		t.Fatalf("caches %v", caches)
	}
	whole, _ := os.ReadFile(caches[0])
	for _, content := range [][]byte{nil, whole[:10], whole[:len(whole)-1], whole[1:], bytes.Repeat([]byte("flwbook1"), 20)} {
		os.Remove(caches[0])
		write(t, caches[0], content)
		if m, err := ImageFolder(dir, 8, 8, 3); err != nil || m.Digest != want.Digest {
			t.Errorf("a cache of %d bytes: %v, %v", len(content), m, err)
		}
	}
	damaged := bytes.Clone(whole)
	damaged[5] ^= 1
	os.Remove(caches[0])
	write(t, caches[0], damaged)
	m, err := ImageFolder(dir, 8, 8, 3)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, "a flipped bit", m.Verify(), "sha256", "delete", cacheDir())
}

// smallCelebA writes seven pictures and the list that divides them.
func smallCelebA(t *testing.T, zipped bool) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string][]byte{}
	list := ""
	for i, part := range []int{0, 0, 0, 0, 1, 2, 2} {
		name := fmt.Sprintf("%06d.jpg", i+1)
		files[name] = jpg(t, greyOf(218, 178, uint8(10*i+10)))
		list += fmt.Sprintf("%s %d\n", name, part)
	}
	files["000001.jpg"] = jpg(t, ramp(218, 178))
	files["000003.jpg"] = files["000003.jpg"][:400]   // cut
	files["000006.jpg"] = jpg(t, greyOf(178, 218, 9)) // turned
	write(t, filepath.Join(dir, "list_eval_partition.txt"), []byte(list))
	if !zipped {
		for name, content := range files {
			write(t, filepath.Join(dir, "img_align_celeba", name), content)
		}
		return dir
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create("img_align_celeba/" + name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	z.Close()
	write(t, filepath.Join(dir, "img_align_celeba.zip"), b.Bytes())
	return dir
}

func TestCelebA(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	var digest string
	for _, zipped := range []bool{false, true} {
		dir := smallCelebA(t, zipped)
		for range 2 { // decoded, then from the cache
			t.Setenv("FLOWBOOK_CELEBA", dir)
			train, validation, test, err := CelebA()
			if err != nil {
				t.Fatal(err)
			}
			if train.Len() != 3 || validation.Len() != 1 || test.Len() != 1 || train.Size() != 64*64*3 {
				t.Fatalf("%v, %v, %v", train, validation, test)
			}
			if len(train.Skipped) != 1 || !strings.HasPrefix(train.Skipped[0], "000003.jpg: does not decode") {
				t.Errorf("training skipped %q", train.Skipped)
			}
			if len(test.Skipped) != 1 || test.Skipped[0] != "000006.jpg: is 178×218, not 218×178 as the aligned pictures are" {
				t.Errorf("test skipped %q", test.Skipped)
			}
			if got := validation.Image(0)[0]; got != 50 {
				t.Errorf("the validation picture has grey %d, want 50", got)
			}
			// The crop starts at column 15, row 35; a new pixel is the mean of 2.3125 old ones: 15+0.66, 35+0.66.
			if p := train.Image(0); p[0] < 13 || p[0] > 18 || p[1] < 33 || p[1] > 38 {
				t.Errorf("the first pixel is %v, want about 16, 36", p[:3])
			}
			if digest == "" {
				digest = train.Digest
			}
			if train.Digest != digest {
				t.Error("zip and folder differ")
			}
		}
	}
}

func TestCelebABad(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	t.Setenv("FLOWBOOK_CELEBA", "")
	load := func(dir string) error { _, _, _, err := CelebA(From(dir)); return err }
	_, _, _, err := CelebA()
	wantError(t, "not here", err, "CelebA", "list_eval_partition.txt", "https://", filepath.Join(Home(), "data", "celeba"))
	if !errors.Is(err, ErrMissing) {
		t.Errorf("%v is not ErrMissing", err)
	}
	zipped := smallCelebA(t, true)
	content, _ := os.ReadFile(filepath.Join(zipped, "img_align_celeba.zip"))
	write(t, filepath.Join(zipped, "img_align_celeba.zip"), content[:len(content)/2])
	wantError(t, "cut zip", load(zipped), "img_align_celeba.zip", "truncated", "fetch it again")

	dir := smallCelebA(t, false)
	list := filepath.Join(dir, "list_eval_partition.txt")
	write(t, list, []byte("000001.jpg 0\n000002.jpg 1\n"))
	wantError(t, "cut list", load(dir), list, "partition 2", "truncated")
	write(t, list, []byte("000001.jpg 0\n<html>\n"))
	wantError(t, "a page", load(dir), list, "line 2", "<html>")
	write(t, list, []byte("../../secret.jpg 0\n"))
	wantError(t, "a path", load(dir), list, "line 1")
	os.Remove(list)
	wantError(t, "no list", load(dir), "list_eval_partition.txt", dir)
	write(t, list, []byte("image_id,partition\r\n000001.jpg,0\r\n000005.jpg,1\r\n000007.jpg,2\r\n000099.jpg,2\r\n")) // Kaggle's
	_, _, test, err := CelebA(From(dir))
	if err != nil || test.Len() != 1 || len(test.Skipped) != 1 || !strings.Contains(test.Skipped[0], "000099.jpg: no such file") {
		t.Errorf("a missing picture: %v, %v", test, err)
	}
}
