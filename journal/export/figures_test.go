package export

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
)

// TestExportFairLimit shares a budget: what is small stays, what is large gets the same.
func TestExportFairLimit(t *testing.T) {
	for _, c := range []struct {
		sizes  []int64
		budget int64
		want   int64
	}{
		{[]int64{10, 20, 30}, 60, 1 << 62},
		{[]int64{10, 100, 100}, 110, 50},
		{[]int64{100, 100}, 50, 25},
		{nil, 50, 1 << 62},
	} {
		if got := fairLimit(c.sizes, c.budget); got != c.want {
			t.Errorf("fairLimit(%v, %d) = %d, want %d", c.sizes, c.budget, got, c.want)
		}
	}
}

// TestExportShrink makes images smaller until they fit, and gives up on what cannot.
func TestExportShrink(t *testing.T) {
	data := grain(rand.New(rand.NewPCG(1, 2)), 400)
	small, mime := shrink(data, 8000)
	img, kind, err := image.Decode(bytes.NewReader(small))
	must(t, err)
	if len(small) > 8000 || img.Bounds().Dx() < 50 || mime != "image/"+kind {
		t.Errorf("%d bytes of %s, %s, %v", len(small), mime, kind, img.Bounds())
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	for i := range clear.Pix {
		clear.Pix[i] = uint8(i * i % 251)
	}
	clear.SetNRGBA(150, 150, color.NRGBA{})
	var b bytes.Buffer
	must(t, png.Encode(&b, clear))
	if small, _ := shrink(b.Bytes(), 9000); small == nil {
		t.Error("a picture with transparency is not made smaller")
	}
	for _, data := range [][]byte{nil, []byte("no picture"), data[:100]} {
		if small, _ := shrink(data, 50); small != nil {
			t.Errorf("%q gives %d bytes", data, len(small))
		}
	}
	if small, _ := shrink(data, 100); small != nil {
		t.Error("100 bytes are no picture")
	}
}

// TestExportBudget leaves the oldest drawings out where there is no room, and names what is damaged.
func TestExportBudget(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	j, err := journal.Open(filepath.Join(dir, "journal.db"))
	must(t, err)
	defer j.Close()
	drawing := func(name string) []byte {
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!--` + strings.Repeat(name, 30_000) + `--></svg>`)
	}
	for _, name := range []string{"old", "new"} {
		run, err := j.Begin(ctx, name, nil)
		must(t, err)
		must(t, run.Figure(name, "image/svg+xml", drawing(name)))
		must(t, run.Figure("words-"+name, "text/plain", []byte("a < b "+name)))
		must(t, run.Figure("page-"+name, "text/html", []byte("<script>alert(1)</script>")))
		must(t, run.Finish(nil))
	}
	page := render(t, j, Options{MaxBytes: 500_000})
	if n := strings.Count(page, `src="data:image/svg`); n != 1 || strings.Index(page, `src="data:image/svg`) > strings.Index(page, "left out to keep the page small") {
		t.Errorf("%d drawings, want the newer alone", n)
	}
	for _, want := range []string{"a &lt; b old", "text/html, 25 bytes"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	damaged := 0
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && bytes.HasPrefix(b, []byte("<svg")) {
			damaged++
			os.Chmod(path, 0o644)
			return os.WriteFile(path, []byte("damaged"), 0o644)
		}
		return err
	}))
	if damaged == 0 {
		t.Fatal("the files of the artifacts are not found")
	}
	if page := render(t, j, Options{}); strings.Count(page, "<span>not there: ") != damaged {
		t.Errorf("%d remarks for %d damaged figures", strings.Count(page, "<span>not there: "), damaged)
	}
}

// TestExportNoPicture says of bytes that are no picture what they are not, where a reader would see a broken one.
func TestExportNoPicture(t *testing.T) {
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	defer j.Close()
	run, err := j.Begin(context.Background(), "odd", nil)
	must(t, err)
	must(t, run.Figure("words", "image/png", []byte("no picture")))
	must(t, run.Figure("nothing", "image/svg+xml", nil))
	must(t, run.Finish(nil))
	page := render(t, j, Options{})
	for _, want := range []string{"<b>words</b> <span>not shown: its bytes are no image/png", "<b>nothing</b> <span>it is empty"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<img") {
		t.Error("the page shows a picture")
	}
}
