package figures_test

import (
	"image"
	"math"
	"strings"
	"testing"

	"flowbook/figures"
)

func refuses(t *testing.T, what string, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", what)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: %v does not say %q", what, err, s)
		}
	}
}

func TestAlikeShowsOneAreaAndOneScale(t *testing.T) {
	low, err := figures.DensityMap([]float64{0, 1, 2, 1}, figures.Around(1), 2, figures.DensityOptions{Title: "low"})
	if err != nil {
		t.Fatal(err)
	}
	high, err := figures.DensityMap([]float64{0, 4, 8, 4}, figures.Area{XMin: 0, XMax: 5, YMin: -3, YMax: 0}, 2, figures.DensityOptions{Title: "high"})
	if err != nil {
		t.Fatal(err)
	}
	if err := figures.Alike(low, high); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*figures.Figure{low, high} {
		if f.X.Min != -1 || f.X.Max != 5 || f.Y.Min != -3 || f.Y.Max != 1 {
			t.Errorf("%s shows %v…%v, %v…%v", f.Title.Text, f.X.Min, f.X.Max, f.Y.Min, f.Y.Max)
		}
		draws(t, f)
	}
	// One colour stands for one density: low's densest cell is as light as half of high's scale.
	luminance := func(f *figures.Figure) uint32 {
		img, err := f.Image()
		if err != nil {
			t.Fatal(err)
		}
		darkest := uint32(1 << 20)
		for x := range img.Bounds().Dx() * 3 / 4 { // left of the colour bar
			for y := range img.Bounds().Dy() {
				r, g, b, _ := img.At(x, y).RGBA()
				if b > r+0x2000 && b > 0x5000 { // the map's blues, not text and lines
					darkest = min(darkest, r+g+b)
				}
			}
		}
		return darkest
	}
	if l, h := luminance(low), luminance(high); l < h+h/2 {
		t.Errorf("the densest cell of one has luminance %d, of the other, four times as dense, %d", l, h)
	}
	histogram, err := figures.Histogram([]float64{1, 2, 3}, figures.HistogramOptions{Title: "a histogram"})
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, "a histogram", figures.Alike(low, histogram), "figure 2 of 2", "a histogram", "not of the plane")
	refuses(t, "nil", figures.Alike(low, nil), "figure 2 of 2 is nil")
	refuses(t, "none", figures.Alike(), "no figures")
}

func TestKeySaysWhatIsDrawn(t *testing.T) {
	curves, err := figures.LossCurves([]figures.Series{{Name: "train", Y: []float64{3, 2, 1}}, {Name: "held out", Y: []float64{3, 2.5, 2}}},
		figures.CurveOptions{References: []figures.Reference{{Name: "floor", Y: []float64{0.5}}}})
	if err != nil {
		t.Fatal(err)
	}
	key := curves.Key()
	if len(key) != 3 || key[0] != (figures.KeyEntry{"train", figures.Blue, false}) || key[1].Dashed || key[2].Name != "floor" || !key[2].Dashed {
		t.Errorf("%+v", key)
	}
	scatter, err := figures.Scatter([][2]float64{{1, 2}}, [][2]float64{{2, 1}}, figures.ScatterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	both, err := figures.Beside(2, curves, scatter)
	if err != nil {
		t.Fatal(err)
	}
	if key := both.Key(); len(key) != 5 || key[3] != (figures.KeyEntry{"data", figures.Blue, false}) || key[4] != (figures.KeyEntry{"samples", figures.Red, false}) {
		t.Errorf("side by side: %+v", key)
	}
}

func TestDotsPlanesAndMatrixOnBadInput(t *testing.T) {
	all, hopeless := values()
	for name, v := range all {
		if len(v) > 1000 {
			v = v[:1000]
		}
		t.Run(name, func(t *testing.T) {
			f, err := figures.Dots([]figures.Group{{Name: "a", Values: v}, {Name: "empty"}}, figures.DotsOptions{})
			if err == nil {
				draws(t, f)
			} else if !hopeless[name] {
				t.Error(err)
			}
			var plane [][2]float64
			var rows [][]float64
			whole := false
			for i := range v {
				plane = append(plane, [2]float64{v[i], v[len(v)-1-i]})
				rows = append(rows, []float64{v[i], v[len(v)-1-i]})
				whole = whole || math.Abs(v[i]) <= 1e100 && math.Abs(v[len(v)-1-i]) <= 1e100
			}
			f, err = figures.Planes([]figures.Plane{{Title: "before", Points: plane}, {Title: "after", Points: plane}}, figures.PlanesOptions{})
			if err == nil {
				draws(t, f)
			} else if whole {
				t.Error(err)
			}
			f, err = figures.ScatterMatrix([]string{"a", "b"}, rows, nil, figures.ScatterMatrixOptions{})
			if err == nil {
				draws(t, f)
			} else if whole {
				t.Error(err)
			}
		})
	}
	nan := math.NaN()
	_, err := figures.Dots([]figures.Group{{Name: "a", Values: []float64{1}}}, figures.DotsOptions{Reference: figures.Score{Name: "floor", Value: nan}})
	refuses(t, "a reference", err, "floor", "NaN")
	two := figures.Plane{Title: "two", Points: [][2]float64{{0, 0}, {1, 1}}}
	_, err = figures.Planes([]figures.Plane{two, {Title: "one", Points: two.Points[:1]}}, figures.PlanesOptions{})
	refuses(t, "other points", err, `"one" has 1 points`, `"two" has 2`)
	_, err = figures.Planes([]figures.Plane{two}, figures.PlanesOptions{Groups: []int{1}})
	refuses(t, "groups", err, "1 groups for 2 points")
	_, err = figures.Planes(nil, figures.PlanesOptions{})
	refuses(t, "no planes", err, "1 to 24")
	_, err = figures.ScatterMatrix([]string{"a"}, nil, nil, figures.ScatterMatrixOptions{})
	refuses(t, "one column", err, "2 to 8")
	_, err = figures.ScatterMatrix([]string{"a", "b"}, [][]float64{{1, 2}, {1}}, nil, figures.ScatterMatrixOptions{})
	refuses(t, "a short row", err, "row 1 has 1 numbers for 2 columns")
	_, err = figures.Picture(nil, "", 300)
	refuses(t, "no image", err, "the image is empty")
	_, err = figures.Picture(image.NewGray(image.Rect(0, 0, 1, 1)), "", 10)
	refuses(t, "a narrow picture", err, "between 40 and 10,000")
	f, err := figures.ScatterMatrix([]string{"a", "b"}, [][]float64{{1, 2}, {2, 1}, {nan, 0}}, [][]float64{{50, 50}}, figures.ScatterMatrixOptions{})
	if err != nil || !strings.Contains(f.Note, "1 of 3 rows of data") || !strings.Contains(f.Note, "1 of 1 samples lie outside") {
		t.Errorf("the note: %q, %v", f.Note, err)
	}
}

func TestArchitectureAddsUp(t *testing.T) {
	half := figures.Stage{Name: "factor out", Glyph: figures.FactorsOut, Shape: []int{2}, Latent: []int{2}}
	f, err := figures.Architecture([]int{4}, []figures.Stage{{Name: "coupling", Shape: []int{4}}, half, {Name: "coupling", Shape: []int{2}}}, figures.ArchitectureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	draws(t, f)
	if key := f.Key(); len(key) != 3 || key[1].Name != "z₁, 2 numbers" || key[2].Name != "z₂, 2 numbers" || key[1].Color == key[2].Color {
		t.Errorf("%+v", key)
	}
	_, err = figures.Architecture([]int{4}, []figures.Stage{half, {Name: "wider", Shape: []int{3}}}, figures.ArchitectureOptions{})
	refuses(t, "numbers from nowhere", err, `stage 2, "wider", gives 3, 3 numbers, where 2 of the 4 of x are left`)
	_, err = figures.Architecture([]int{4}, nil, figures.ArchitectureOptions{})
	refuses(t, "no stages", err, "1 to 60")
}
