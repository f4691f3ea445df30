package chart

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"flowbook/figures/chart/charttest"
)

func curveOf(n int, f func(int) float64) Curve {
	c := Curve{Name: "c"}
	for i := range n {
		c.X = append(c.X, float64(i))
		c.Y = append(c.Y, f(i))
	}
	return c
}

// TestCurves draws what is awkward to draw; the picture must be well formed, finite and small.
func TestCurves(t *testing.T) {
	huge := curveOf(1_000_000, func(i int) float64 { return math.Sin(float64(i) / 1e4) })
	huge.Y[500_123] = 17 // one point in a million must be seen
	nan := math.NaN()
	for name, c := range map[string]struct {
		o      Options
		curves []Curve
		has    string
	}{
		"none":           {Options{}, nil, "no values to draw"},
		"empty":          {Options{}, []Curve{{}}, "no values to draw"},
		"one point":      {Options{}, []Curve{curveOf(1, func(int) float64 { return 5 })}, "h0"},
		"constant":       {Options{}, []Curve{curveOf(5, func(int) float64 { return 0 })}, ">0<"},
		"only NaN":       {Options{}, []Curve{curveOf(3, func(int) float64 { return nan })}, "NaN from step 0 to 2, 3 values"},
		"NaN inside":     {Options{}, []Curve{curveOf(9, func(i int) float64 { return []float64{1, nan, 2, math.Inf(1), 3, 4, 5, math.Inf(-1), 1}[i] })}, "+Inf at step 3"},
		"huge":           {Options{Title: "huge"}, []Curve{huge}, "to 17,"},
		"largest floats": {Options{}, []Curve{curveOf(3, func(i int) float64 { return (float64(i) - 1) * math.MaxFloat64 })}, "×10³⁰⁸"},
		"log":            {Options{Scale: Log}, []Curve{curveOf(5, func(i int) float64 { return math.Pow(10, float64(i)) })}, ">1,000<"},
		"log of zero":    {Options{Scale: Log}, []Curve{curveOf(5, func(i int) float64 { return float64(-i) })}, "no values to draw"},
		"hostile names":  {Options{Title: `<script>"'&`, XLabel: "</svg>"}, []Curve{{Name: "<b>\x00\xff"}, curveOf(2, func(i int) float64 { return 1 })}, "&lt;script&gt;"},
		"unequal":        {Options{}, []Curve{{Name: "u", X: []float64{1, 2, 3}, Y: []float64{4, 5}}}, "2 points"},
		"many":           {Options{}, make([]Curve, 20), "stroke-dasharray"},
	} {
		svg := Curves(c.o, c.curves...)
		count := charttest.Elements(t, svg)
		if count["svg"] != 1 || count["script"] != 0 {
			t.Errorf("%s: %v", name, count)
		}
		if !strings.Contains(svg, c.has) {
			t.Errorf("%s: no %q in %.1500s", name, c.has, svg)
		}
		if bad := regexp.MustCompile(`(d|x|y)="[^"]*(NaN|Inf)[^"]*"`).FindString(svg); bad != "" {
			t.Errorf("%s: a coordinate is not finite: %s", name, bad)
		}
		if len(svg) > 16_000 {
			t.Errorf("%s: %d bytes", name, len(svg))
		}
	}
}

// TestCurvesKeepExtremes demands that the one outlier of a million points reaches the top of the picture.
func TestCurvesKeepExtremes(t *testing.T) {
	c := curveOf(1_000_000, func(i int) float64 { return 0.5 })
	c.Y[500_123] = 1
	svg := Curves(Options{Height: 200}, c)
	ys := regexp.MustCompile(`[ML][\d.]+ ([\d.]+)`).FindAllStringSubmatch(svg, -1)
	top := math.Inf(1)
	for _, m := range ys {
		y, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		top = min(top, y)
	}
	if top > 20 { // the axis begins at y = 10
		t.Errorf("the outlier is drawn at y = %v of 200", top)
	}
}

// TestLegend holds names apart: each begins after the one before it ends, within the picture, and the plot is below them.
func TestLegend(t *testing.T) {
	for _, name := range []string{"lr", "Logit=false, Momentum=0.005", strings.Repeat("long ", 60)} {
		var curves []Curve
		for i := range 30 {
			curves = append(curves, Curve{Name: strconv.Itoa(i) + name, X: []float64{0, 1}, Y: []float64{0, 1}})
		}
		svg := Curves(Options{}, curves...)
		charttest.Elements(t, svg)
		end, line := 0.0, 0.0
		for _, m := range regexp.MustCompile(`<text x="([\d.]+)" y="([\d.]+)">([^<]*)<`).FindAllStringSubmatch(svg, -1) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			if y == line && x < end {
				t.Errorf("%q begins at %v, before %v", m[3], x, end)
			}
			end, line = x+6.2*float64(len([]rune(m[3]))), y
			if end > 560 {
				t.Errorf("%q ends at %v", m[3], end)
			}
		}
		if top := regexp.MustCompile(`<path d="M58 ([\d.]+)H`).FindAllStringSubmatch(svg, -1); len(top) == 0 {
			t.Error("no axes")
		}
	}
}

// BenchmarkMillionPoints draws ten curves of 100,000 points.
func BenchmarkMillionPoints(b *testing.B) {
	curves := make([]Curve, 10)
	for k := range curves {
		curves[k] = curveOf(100_000, func(i int) float64 { return math.Sin(float64(i*k) / 1e4) })
	}
	for b.Loop() {
		for _, c := range curves {
			Curves(Options{}, c)
		}
	}
}
