package chart

import (
	"math"
	"slices"
	"strings"
	"testing"

	"flowbook/figures/chart/charttest"
)

// A curve of a million points keeps its ends, its order and every extreme.
func TestPiecesKeepSpikes(t *testing.T) {
	c := curveOf(1_000_000, func(int) float64 { return 0 })
	c.Y[123_456], c.Y[654_321] = 7, -7
	pieces := c.Pieces(0, 999_999, 500, isFinite)
	if len(pieces) != 1 || len(pieces[0]) > 4*501 {
		t.Fatalf("%d pieces, the first of %d points", len(pieces), len(pieces[0]))
	}
	line := pieces[0]
	for _, want := range [][2]float64{{0, 0}, {123_456, 7}, {654_321, -7}, {999_999, 0}} {
		if !slices.Contains(line, want) {
			t.Errorf("%v is lost", want)
		}
	}
	if !slices.IsSortedFunc(line, func(a, b [2]float64) int { return int(a[0] - b[0]) }) {
		t.Error("the points are out of order")
	}
}

// A curve with more breaks than can be seen is drawn over them, and is as small as any.
func TestManyBreaks(t *testing.T) {
	c := curveOf(1_000_000, func(i int) float64 { return []float64{1, math.NaN(), 2}[i%3] })
	for _, o := range []Options{{}, {Points: true}} {
		svg := Curves(o, c)
		charttest.Elements(t, svg)
		if len(svg) > 40_000 || strings.Count(svg, "<title>NaN") != maxCrosses {
			t.Errorf("%d bytes with %d crosses", len(svg), strings.Count(svg, "<title>NaN"))
		}
	}
	few := curveOf(9, func(i int) float64 { return []float64{1, 2, math.NaN()}[i%3] })
	if pieces := few.Pieces(0, 8, 100, isFinite); len(pieces) != 3 {
		t.Errorf("%d pieces of few points, want 3", len(pieces))
	}
}

// The average of 1, 3 with weight 1/2 is 1, then (½·1 + 3)/(½ + 1); 100 is outside, and a gap stays one.
func TestSmoothed(t *testing.T) {
	c := Curve{X: []float64{1, 2, 3, 4}, Y: []float64{1, 100, math.NaN(), 3}}
	got := c.Smoothed(0.5, 0, 10)
	if !slices.Equal(got.X, []float64{1, 3, 4}) || got.Y[0] != 1 || !math.IsNaN(got.Y[1]) || math.Abs(got.Y[2]-3.5/1.5) > 1e-15 {
		t.Errorf("got %v", got)
	}
}

// What a logarithmic axis has no place for is counted, not hidden; nothing is drawn as zero.
func TestLogOfNotPositive(t *testing.T) {
	c := Curve{Name: "c", X: []float64{0, 1, 2, 3, 4}, Y: []float64{1, 0, 100, -3, math.Inf(1)}}
	svg := Curves(Options{Scale: Log}, c)
	if !strings.Contains(svg, "2 not positive, not drawn") || !strings.Contains(svg, "+Inf at step 4") || strings.Count(svg, "h0") != 2 {
		t.Error(svg)
	}
	if svg := Curves(Options{}, c); strings.Contains(svg, "not positive") {
		t.Error("a linear axis has a place for all")
	}
}
