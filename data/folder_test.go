package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

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
	if m.Len() != 3 || !slices.Equal(m.Labels, []int{0, 0, 1}) || !slices.Equal(m.Classes, []string{"cats", "dogs"}) {
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
	if len(m.Skipped) != 2 || !strings.Contains(m.Skipped[0], "dogs/d.jpg: does not decode") || m.Skipped[1] != "dogs/e.png: is 7×30, smaller than 8×8 (Enlarge takes it all the same)" {
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
		{"empty", folder(empty, 8, 8, 3), []string{"no .jpg, .png or other picture in", empty}},
		{"nowhere", folder(filepath.Join(empty, "nowhere"), 8, 8, 3), []string{"nowhere"}},
		{"all broken", folder(broken, 8, 8, 3), []string{"none of the 1 pictures", "x.jpg", "does not decode"}},
		{"all small", folder(small, 8, 8, 3), []string{"none of the 1 pictures", "x.png", "is 4×4, smaller than 8×8"}},
		{"two channels", folder(small, 8, 8, 2), []string{"channels 1 or 3"}},
		{"no height", folder(small, 0, 8, 3), []string{"at least 1"}},
		{"beyond memory", folder(small, 1<<40, 1<<40, 3), []string{"at most 16 million pixels"}},
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
