package inline_test

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flowbook/figures"
	"flowbook/figures/inline"
)

func curve(t *testing.T) *figures.Figure {
	t.Helper()
	f, err := figures.LossCurves([]figures.Series{{Name: "run", Y: []float64{3, 2, 1}}}, figures.CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func starts(t *testing.T, path, with string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(b), with) {
		t.Errorf("%s starts with %.20q, not %q", path, b, with)
	}
}

const svg, png = "<svg ", "\x89PNG"

func TestShowWritesUnderHome(t *testing.T) {
	home := t.TempDir()
	t.Setenv("FLOWBOOK_HOME", home)
	for range 2 {
		if err := inline.Show(curve(t), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := inline.Show(image.NewGray(image.Rect(0, 0, 3, 3)), nil); err != nil {
		t.Fatal(err)
	}
	starts(t, filepath.Join(home, "figures", "loss-curves.svg"), svg)
	starts(t, filepath.Join(home, "figures", "loss-curves-2.svg"), svg)
	starts(t, filepath.Join(home, "figures", "image.png"), png)
}

func TestAtFileDecidesTheFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "loss.png")
	if err := inline.At(path).Show(curve(t), nil); err != nil {
		t.Fatal(err)
	}
	starts(t, path, png)
}

func TestShowRefuses(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	broken := errors.New("broken")
	if err := inline.Show(nil, broken); err != broken {
		t.Errorf("the error of the figure came back as %v", err)
	}
	for name, picture := range map[string]any{
		"nothing": nil, "number": 3, "no figure": (*figures.Figure)(nil), "empty figure": &figures.Figure{},
		"empty image": image.NewGray(image.Rectangle{}),
	} {
		if err := inline.Show(picture, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := inline.At(filepath.Join(t.TempDir(), "x.svg")).Show(image.NewGray(image.Rect(0, 0, 3, 3)), nil); err == nil {
		t.Error("an image was written as SVG")
	}
}

func TestLiveOverwritesOneFile(t *testing.T) {
	home := t.TempDir()
	live := inline.At(home).Live()
	live.Every = time.Hour
	if !live.Due() {
		t.Error("the first picture is not due")
	}
	for range 3 {
		if err := live.Show(curve(t), nil); err != nil {
			t.Fatal(err)
		}
	}
	if live.Due() {
		t.Error("a picture is due an hour too early")
	}
	files, err := os.ReadDir(home)
	if err != nil || len(files) != 1 {
		t.Errorf("%d files, %v; want 1", len(files), err)
	}
}
