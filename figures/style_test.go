package figures

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/plot/plotter"
)

func TestNumbersOnTicks(t *testing.T) {
	for _, n := range []struct {
		v, step float64
		want    string
	}{
		{-0.25, 0.05, "−0.25"}, {0.5, 0.5, "0.5"}, {3, 1, "3"}, {10_000, 5000, "10,000"}, {-2_500_000, 500_000, "−2,500,000"},
		{1e-17, 0.1, "0.0"}, {3e-7, 1e-7, "3×10⁻⁷"}, {1.02e15, 2e13, "1.02×10¹⁵"}, {0, 2e13, "0"}, {0, 1e-9, "0"}, {-1e99, 5e98, "−1.0×10⁹⁹"},
	} {
		if got := number(n.v, n.step); got != n.want {
			t.Errorf("%v in steps of %v is %q, want %q", n.v, n.step, got, n.want)
		}
	}
}

func TestRoundTicks(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {-3, 3}, {0, 0.03}, {-1e99, 1e99}, {1e15, 1e15 + 1}, {5, 5.0001}, {0, 1e-90}} {
		ticks := roundTicks{about: 6}.Ticks(r[0], r[1])
		if len(ticks) < 3 || len(ticks) > 13 {
			t.Errorf("%v has %d ticks", r, len(ticks))
		}
		for _, tick := range ticks {
			if margin := 1e-6 * (r[1] - r[0]); tick.Value < r[0]-margin || tick.Value > r[1]+margin {
				t.Errorf("%v has a tick at %v", r, tick.Value)
			}
		}
	}
	if ticks := (roundTicks{6}).Ticks(1, 1); ticks != nil {
		t.Errorf("no range has ticks %v", ticks)
	}
}

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

// A line of a million points keeps its ends, its order and every extreme.
func TestThinKeepsSpikes(t *testing.T) {
	line := make(plotter.XYs, 1_000_000)
	for i := range line {
		line[i].X = float64(i)
	}
	line[123_456].Y, line[654_321].Y = 7, -7
	thinned := thin(line, 1000)
	if len(thinned) > 1002 {
		t.Errorf("%d points, want about 1000", len(thinned))
	}
	if _, _, lo, hi := plotter.XYRange(thinned); lo != -7 || hi != 7 {
		t.Errorf("extremes are %v and %v, want −7 and 7", lo, hi)
	}
	for i := 1; i < len(thinned); i++ {
		if thinned[i].X < thinned[i-1].X {
			t.Fatalf("point %d is out of order", i)
		}
	}
	if thinned[len(thinned)-1] != line[len(line)-1] {
		t.Error("the last point is lost")
	}
}

// The average of 1, 3 with weight 1/2 is 1, then (½·1 + 3)/(½ + 1); 100 is outside.
func TestSmooth(t *testing.T) {
	got := smooth([]plotter.XYs{{{X: 1, Y: 1}, {X: 2, Y: 100}}, {{X: 3, Y: 3}}}, 0.5, 0, 10)
	if len(got) != 2 || len(got[0]) != 1 || got[0][0].Y != 1 || math.Abs(got[1][0].Y-3.5/1.5) > 1e-15 {
		t.Errorf("got %v", got)
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

// 256 colours at most, each near the one it stands for, and paper exact.
func TestPaletted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 200 {
			c := shade(float64(x) / 199)
			if y < 20 {
				c = Paper
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
		r, g, b, _ := out.Palette[out.Pix[i]].RGBA()
		for k, v := range []uint32{r, g, b} {
			off := math.Abs(float64(v>>8) - float64(img.Pix[4*i+k]))
			if off > 12 || i < 200*20 && off > 0 {
				t.Fatalf("channel %d of pixel %d is off by %v", k, i, off)
			}
		}
	}
}
