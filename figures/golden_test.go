package figures_test

import (
	"os"
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
	} {
		t.Run(g.file, func(t *testing.T) {
			cmpimg.CheckPlotApprox(g.example, t, tolerance, g.file)
			if *cmpimg.GenerateTestData {
				return
			}
			info, err := os.Stat("testdata/" + g.file)
			if err != nil {
				t.Fatal(err)
			}
			if info.Size() > heaviest {
				t.Errorf("%s has %d bytes, more than %d", g.file, info.Size(), heaviest)
			}
		})
	}
}
