package figures_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"flowbook/figures"
)

// values are the inputs that break plots, by name. An error is as good an answer
// as a picture for those in hopeless; the others must give a picture.
func values() (all map[string][]float64, hopeless map[string]bool) {
	nan, inf := math.NaN(), math.Inf(1)
	million := make([]float64, 1_000_000)
	for i := range million {
		million[i] = math.Sin(float64(i)/1e5) + 0.1*math.Mod(float64(i)*0.618034, 1)
	}
	half := slices.Clone(million)
	for i := 0; i < len(half); i += 2 {
		half[i] = nan
	}
	constant := make([]float64, 1000)
	for i := range constant {
		constant[i] = 0.25
	}
	return map[string][]float64{
			"none": nil, "NaN": {nan, nan}, "infinite": {inf, -inf, inf, inf}, "too large": {1e300, -1e300},
			"one": {0.5}, "two": {0.25, 0.75}, "constant": constant, "zeros": {0, 0, 0, 0},
			"NaN in the middle": {0.1, nan, 0.5, inf, 0.7, 0.2}, "a million": million, "half a million": half,
			"large": {1e99, -1e99, 3e98, 0}, "tiny": {1e-320, 0, 2e-320, 1e-310}, "far off zero": {1e15, 1e15 + 1, 1e15 + 3, 1e15 + 2},
			"spike": append(append([]float64{}, million[:100]...), 1e12),
		},
		map[string]bool{"none": true, "NaN": true, "infinite": true, "too large": true}
}

// draws checks that a figure is drawn as SVG and PNG and says what it left out.
func draws(t *testing.T, f *figures.Figure) {
	t.Helper()
	var svg, png bytes.Buffer
	if err := f.WriteSVG(&svg); err != nil {
		t.Error(err)
	}
	write := func(w io.Writer) error { _, err := f.Image(); return err }
	if f.Raster {
		write = f.WritePNG
	}
	if err := write(&png); err != nil {
		t.Error(err)
	}
	if f.Raster && png.Len() > heaviest || !f.Raster && svg.Len() > heaviest {
		t.Errorf("%d bytes of SVG, %d of PNG: more than %d", svg.Len(), png.Len(), heaviest)
	}
	for _, bad := range []string{"NaN,", ",NaN", "Inf"} {
		if strings.Contains(svg.String(), bad) {
			t.Errorf("the SVG has a coordinate with %q", bad)
		}
	}
}

func pairs(xs []float64) [][2]float64 {
	points := make([][2]float64, len(xs))
	for i, x := range xs {
		points[i] = [2]float64{x, xs[(i*7+4)%len(xs)]}
	}
	return points
}

func TestBadInput(t *testing.T) {
	square := figures.Around(1)
	makers := map[string]func(xs []float64) (*figures.Figure, error){
		"loss curves": func(xs []float64) (*figures.Figure, error) {
			return figures.LossCurves([]figures.Series{{Name: "run", Y: xs}, {Y: xs}}, figures.CurveOptions{Smooth: 0.9})
		},
		"histogram": func(xs []float64) (*figures.Figure, error) {
			return figures.Histogram(xs, figures.HistogramOptions{Density: figures.StandardNormal})
		},
		"scatter": func(xs []float64) (*figures.Figure, error) {
			return figures.Scatter(pairs(xs), pairs(xs), figures.ScatterOptions{})
		},
		"quantiles": func(xs []float64) (*figures.Figure, error) {
			return figures.QuantileQuantile(xs, figures.QuantileOptions{})
		},
		"density map": func(xs []float64) (*figures.Figure, error) {
			var density []float64
			for i := 0; len(xs) > 0 && i < 400; i++ {
				density = append(density, xs[i%len(xs)])
			}
			return figures.DensityMap(density, square, 20, figures.DensityOptions{Points: pairs(xs)})
		},
		"deformed grid": func(xs []float64) (*figures.Figure, error) {
			image := figures.StandardLattice.Points()
			points := pairs(xs)
			for i := 0; i < len(image) && len(xs) > 0; i++ {
				image[i] = points[i%len(points)]
			}
			if len(xs) == 0 {
				image = nil
			}
			return figures.DeformedGrid(image, figures.StandardLattice, figures.DeformedGridOptions{})
		},
		"scores": func(xs []float64) (*figures.Figure, error) {
			var scores []figures.Score
			for i, x := range xs[:min(len(xs), 50)] {
				scores = append(scores, figures.Score{Name: fmt.Sprint("run ", i), Value: x})
			}
			return figures.Scores(scores, figures.ScoreOptions{})
		},
		"inverse transform": func(xs []float64) (*figures.Figure, error) {
			identity := func(x float64) float64 { return x }
			u := make([]float64, len(xs))
			for i, x := range xs {
				u[i] = min(max(x, 0), 1)
			}
			target := figures.Target{CDF: identity, Inverse: identity, Density: func(float64) float64 { return 1 }}
			return figures.InverseTransform(u, target, figures.TransformOptions{})
		},
	}
	all, hopeless := values()
	for figure, make := range makers {
		for input, xs := range all {
			t.Run(figure+"/"+input, func(t *testing.T) {
				f, err := make(xs)
				switch {
				case err == nil:
					draws(t, f)
				case !strings.HasPrefix(err.Error(), "figures: "):
					t.Errorf("error %q does not name the package", err)
				case !hopeless[input]:
					t.Errorf("no picture: %v", err)
				}
			})
		}
	}
}

func TestBadOptions(t *testing.T) {
	some := []float64{1, 2, 3}
	lattice := figures.StandardLattice
	nan := math.NaN()
	for name, err := range map[string]error{
		"smooth 1":          second(figures.LossCurves([]figures.Series{{Y: some}}, figures.CurveOptions{Smooth: 1})),
		"lengths":           second(figures.LossCurves([]figures.Series{{X: some, Y: some[:2]}}, figures.CurveOptions{})),
		"NaN reference":     second(figures.LossCurves([]figures.Series{{Y: some}}, figures.CurveOptions{References: []figures.Reference{figures.Level("r", nan)}})),
		"empty reference":   second(figures.LossCurves([]figures.Series{{Y: some}}, figures.CurveOptions{References: []figures.Reference{{}}})),
		"no runs":           second(figures.LossCurves(nil, figures.CurveOptions{})),
		"bins":              second(figures.Histogram(some, figures.HistogramOptions{Bins: -1})),
		"density":           second(figures.Histogram(some, figures.HistogramOptions{Density: func(float64) float64 { return nan }})),
		"quantile":          second(figures.QuantileQuantile(some, figures.QuantileOptions{Quantile: func(float64) float64 { return nan }})),
		"area":              second(figures.DensityMap(make([]float64, 9), figures.Area{XMin: 1}, 3, figures.DensityOptions{})),
		"rows":              second(figures.DensityMap(make([]float64, 10), figures.Around(1), 3, figures.DensityOptions{})),
		"no columns":        second(figures.DensityMap(make([]float64, 9), figures.Around(1), 0, figures.DensityOptions{})),
		"limits":            second(figures.Scatter([][2]float64{{1, 1}}, nil, figures.ScatterOptions{Limits: figures.Area{XMax: -1}})),
		"lattice":           second(figures.DeformedGrid(nil, figures.Lattice{}, figures.DeformedGridOptions{})),
		"image":             second(figures.DeformedGrid(lattice.Points()[1:], lattice, figures.DeformedGridOptions{})),
		"u of 2":            second(figures.InverseTransform([]float64{2}, figures.Exponential(1), figures.TransformOptions{})),
		"no target":         second(figures.InverseTransform([]float64{0.5}, figures.Target{}, figures.TransformOptions{})),
		"error of -1":       second(figures.Scores([]figures.Score{{Value: 1, Error: -1}}, figures.ScoreOptions{})),
		"61 scores":         second(figures.Scores(make([]figures.Score, 61), figures.ScoreOptions{})),
		"no panels":         second(figures.Beside(2)),
		"nil panel":         second(figures.Beside(2, nil)),
		"masks":             second(figures.Masks(figures.MaskFigure{Height: 3, Width: 4})),
		"mask of 2":         second(figures.Masks(figures.MaskFigure{Height: 2, Width: 2, Checkerboard: []float32{0, 1, 2, 0}, Squeezed: []float32{1, 2, 3, 4}, Channel: make([]float32, 4)})),
		"numbers":           second(figures.Masks(figures.MaskFigure{Height: 2, Width: 2, Checkerboard: make([]float32, 4), Squeezed: []float32{0, 2, 3, 4}, Channel: make([]float32, 4)})),
		"ending":            figures.New(nil, 100, 100).Save("x.gif"),
		"no plot":           figures.New(nil, 100, 100).Save(t.TempDir() + "/x.svg"),
		"size":              figures.New(figures.Coupling().Plot, nan, 100).Save(t.TempDir() + "/x.png"),
		"no images":         second(figures.ImageGrid([]float32{}, 2, 2, 1, figures.GridOptions{})),
		"two channels":      second(figures.ImageGrid(make([]float32, 8), 2, 2, 2, figures.GridOptions{})),
		"part of an image":  second(figures.ImageGrid(make([]float32, 7), 2, 2, 1, figures.GridOptions{})),
		"no pixels":         second(figures.ImageGrid(make([]float32, 7), 0, 2, 1, figures.GridOptions{})),
		"negative columns":  second(figures.ImageGrid(make([]float32, 8), 2, 2, 1, figures.GridOptions{Columns: -1})),
		"huge scale":        second(figures.ImageGrid(make([]float32, 8), 2, 2, 1, figures.GridOptions{Scale: math.MaxInt})),
		"a million images":  second(figures.ImageGrid(make([]uint8, 4_000_000), 2, 2, 1, figures.GridOptions{Scale: 2})),
		"names of rows":     second(figures.LabelledGrid(make([]uint8, 16), 2, 2, 1, "", []string{"a", "b", "c", "d", "e"}, figures.GridOptions{})),
		"no names of rows":  second(figures.LabelledGrid(make([]uint8, 16), 2, 2, 1, "", nil, figures.GridOptions{})),
		"no images, a name": second(figures.LabelledGrid([]uint8{}, 0, 0, 0, "", []string{"a"}, figures.GridOptions{})),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "figures: ") {
			t.Errorf("%s: got %v, want an error of the package", name, err)
		}
	}
}

// A spike leaves the axis to the other values, and the note tells.
func TestSpikeIsTold(t *testing.T) {
	y := make([]float64, 100)
	for i := range y {
		y[i] = float64(i%10) / 10
	}
	y[0] = 48
	f, err := figures.LossCurves([]figures.Series{{Y: y}}, figures.CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "1 of 100 values lie outside the axis (least 0, greatest 48)."; f.Note != want || f.Y.Max > 3 {
		t.Errorf("the axis ends at %v and the note is %q, want %q", f.Y.Max, f.Note, want)
	}
}

// Many runs fit a figure, though not each its key; too many are refused.
func TestManyRuns(t *testing.T) {
	runs := make([]figures.Series, 200)
	for i := range runs {
		runs[i].Name = fmt.Sprint("run ", i)
		for step := range 1000 {
			runs[i].Y = append(runs[i].Y, float64(i)+math.Sin(float64(step)))
		}
	}
	f, err := figures.LossCurves(runs, figures.CurveOptions{Smooth: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	draws(t, f)
	if want := "The key names 24 of 200 runs."; !strings.Contains(f.Note, want) {
		t.Errorf("the note is %q, want %q in it", f.Note, want)
	}
	if _, err := figures.LossCurves(append(runs, runs[0]), figures.CurveOptions{}); err == nil {
		t.Error("201 runs were drawn")
	}
}

func second[T any](_ T, err error) error { return err }
