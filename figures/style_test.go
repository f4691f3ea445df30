package figures

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

func TestIndicesAreRuns(t *testing.T) {
	got := runs("F⁻¹(x₁)")
	want := []run{{"F", 0}, {"−1", 1}, {"(x", 0}, {"1", -1}, {")", 0}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("run %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// A run of few points is drawn as it is, one of many smoothed.
func TestFewPointsAreNotSmoothed(t *testing.T) {
	drawn := func(points int, weight float64) image.Image {
		y := make([]float64, points)
		for i := range y {
			y[i] = float64(points - i + 3*(i%2))
		}
		f, err := LossCurves([]Series{{Name: "run", Y: y}}, CurveOptions{Smooth: weight})
		if err != nil {
			t.Fatal(err)
		}
		img, err := f.Image()
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	same := func(points int) bool {
		return bytes.Equal(drawn(points, 0.9).(*image.RGBA).Pix, drawn(points, 0).(*image.RGBA).Pix)
	}
	if !same(19) || same(20) {
		t.Errorf("19 points drawn as they are: %v; 20 points: %v", same(19), same(20))
	}
}

func TestBulkHidesTheFew(t *testing.T) {
	values := make([]float64, 1000)
	for i := range values {
		values[i] = float64(i % 100)
	}
	if lo, hi, hidden := bulk(values); lo != 0 || hi != 99 || hidden != 0 {
		t.Errorf("without spikes: %v to %v, %d hidden", lo, hi, hidden)
	}
	values[7], values[8] = 1e6, -1e6
	if lo, hi, hidden := bulk(values); lo < -100 || hi > 200 || hidden != 2 {
		t.Errorf("with two spikes: %v to %v, %d hidden", lo, hi, hidden)
	}
}

// 256 colours at most, each near the one it stands for, and what is empty exact.
func TestPaletted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 200 {
			c := shade(float64(x) / 199)
			if y < 20 {
				c = color.NRGBA{}
			} else if rng.IntN(50) == 0 {
				c = Red
			}
			img.Set(x, y, c)
		}
	}
	out := paletted(img, 256)
	if len(out.Palette) > 256 {
		t.Errorf("%d colours", len(out.Palette))
	}
	for i := range out.Pix {
		r, g, b, a := out.Palette[out.Pix[i]].RGBA()
		for k, v := range []uint32{r, g, b, a} {
			off := math.Abs(float64(v>>8) - float64(img.Pix[4*i+k]))
			if off > 12 || i < 200*20 && off > 0 {
				t.Fatalf("channel %d of pixel %d is off by %v", k, i, off)
			}
		}
	}
}
