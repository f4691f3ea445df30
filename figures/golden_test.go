package figures_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot/cmpimg"
)

// heaviest is what a figure may weigh in bytes.
const heaviest = 300_000

// The picture of each example is its golden test. SVG is compared byte for byte,
// PNG with a tolerance, as rasters differ a little between processors. After a
// wanted change: go test ./figures -run Golden -regen, and look at the pictures.
func TestGolden(t *testing.T) {
	const tolerance = 0.05
	for _, g := range []struct {
		file    string
		example func()
	}{
		{"losscurves.svg", ExampleLossCurves},
		{"histogram.svg", ExampleHistogram},
		{"imagegrid.png", ExampleImageGrid},
		{"scatter.png", ExampleScatter},
		{"densitymap.png", ExampleDensityMap},
		{"deformedgrid.svg", ExampleDeformedGrid},
		{"quantiles.svg", ExampleQuantileQuantile},
		{"beside.png", ExampleBeside},
		{"transform.svg", ExampleInverseTransform},
		{"coupling.svg", ExampleCoupling},
		{"masks.svg", ExampleMasks},
		{"scores.svg", ExampleScores},
		{"labelledgrid.png", ExampleLabelledGrid},
		{"alike.png", ExampleAlike},
		{"dots.svg", ExampleDots},
		{"architecture.svg", ExampleArchitecture},
		{"planes.png", ExamplePlanes},
		{"scattermatrix.png", ExampleScatterMatrix},
		{"picture.png", ExamplePicture},
	} {
		t.Run(g.file, func(t *testing.T) {
			ext := filepath.Ext(g.file)
			golden, err := filepath.Abs(filepath.Join("testdata", strings.TrimSuffix(g.file, ext)+"_golden"+ext))
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			g.example()
			got, err := os.ReadFile(g.file)
			if err != nil {
				t.Fatal(err)
			}
			if *cmpimg.GenerateTestData {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			same, err := cmpimg.EqualApprox(ext[1:], got, want, tolerance)
			if err != nil {
				t.Fatal(err)
			}
			if !same {
				kept := filepath.Join(os.TempDir(), "figures-"+g.file)
				_ = os.WriteFile(kept, got, 0o644)
				t.Errorf("the picture is not %s; it is kept as %s", golden, kept)
			}
			if len(got) > heaviest {
				t.Errorf("%d bytes, more than %d", len(got), heaviest)
			}
			if grounded(t, got) {
				t.Error("it has a ground of its own, which is a card on a page of another colour")
			}
		})
	}
}

// grounded tells whether a picture has something in its corner, or as SVG anything that covers its left upper part.
func grounded(t *testing.T, content []byte) bool {
	if bytes.HasPrefix(content, []byte("<svg")) {
		return bytes.Contains(content, []byte(`d="M0,0L`))
	}
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, opacity := img.At(0, 0).RGBA()
	return opacity != 0
}
