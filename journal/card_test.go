package journal

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// wellFormed parses SVG or HTML that is also XML, and returns how many elements of each name it has.
func wellFormed(t *testing.T, text string) map[string]int {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<x>" + text + "</x>"))
	d.Entity = xml.HTMLEntity
	count := map[string]int{}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return count
		}
		if err != nil {
			t.Fatalf("%v in\n%.2000s", err, text)
		}
		if e, ok := tok.(xml.StartElement); ok {
			count[e.Name.Local]++
		}
	}
}

func curveOf(n int, f func(int) float64) Curve {
	c := Curve{Label: "c"}
	for i := range n {
		c.Steps = append(c.Steps, i)
		c.Values = append(c.Values, f(i))
	}
	return c
}

// TestCurves draws what is awkward to draw; the picture must be well formed, finite and small.
func TestCurves(t *testing.T) {
	huge := curveOf(1_000_000, func(i int) float64 { return math.Sin(float64(i) / 1e4) })
	huge.Values[500_123] = 17 // one point in a million must be seen
	nan := math.NaN()
	for name, c := range map[string]struct {
		o      CurveOptions
		curves []Curve
		has    string
	}{
		"none":           {CurveOptions{}, nil, "no finite values"},
		"empty":          {CurveOptions{}, []Curve{{}}, "no finite values"},
		"one point":      {CurveOptions{}, []Curve{curveOf(1, func(int) float64 { return 5 })}, "h0"},
		"constant":       {CurveOptions{}, []Curve{curveOf(5, func(int) float64 { return 0 })}, ">0<"},
		"only NaN":       {CurveOptions{}, []Curve{curveOf(3, func(int) float64 { return nan })}, "NaN at step 2"},
		"NaN inside":     {CurveOptions{}, []Curve{curveOf(9, func(i int) float64 { return []float64{1, nan, 2, math.Inf(1), 3, 4, 5, math.Inf(-1), 1}[i] })}, "+Inf at step 3"},
		"huge":           {CurveOptions{Title: "huge"}, []Curve{huge}, "to 17,"},
		"largest floats": {CurveOptions{}, []Curve{curveOf(3, func(i int) float64 { return (float64(i) - 1) * math.MaxFloat64 })}, "e+308"},
		"log":            {CurveOptions{Log: true}, []Curve{curveOf(5, func(i int) float64 { return math.Pow(10, float64(i)) })}, ">1000<"},
		"log of zero":    {CurveOptions{Log: true}, []Curve{curveOf(5, func(i int) float64 { return float64(-i) })}, "no finite values"},
		"hostile names":  {CurveOptions{Title: `<script>"'&`, XLabel: "</svg>"}, []Curve{{Label: "<b>\x00\xff"}, curveOf(2, func(i int) float64 { return 1 })}, "&lt;script&gt;"},
		"unequal":        {CurveOptions{}, []Curve{{Label: "u", Steps: []int{1, 2, 3}, Values: []float64{4, 5}}}, "2 points"},
		"many":           {CurveOptions{}, make([]Curve, 20), "stroke-dasharray"},
	} {
		svg := Curves(c.o, c.curves...)
		count := wellFormed(t, svg)
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
	c.Values[500_123] = 1
	svg := Curves(CurveOptions{Height: 200}, c)
	ys := regexp.MustCompile(`[ML][\d.]+ ([\d.]+)`).FindAllStringSubmatch(svg, -1)
	top := math.Inf(1)
	for _, m := range ys {
		y, err := strconv.ParseFloat(m[1], 64)
		must(t, err)
		top = min(top, y)
	}
	if top > 20 { // the axis begins at y = 10
		t.Errorf("the outlier is drawn at y = %v of 200", top)
	}
}

// TestCards renders runs and entries whose every text is hostile.
func TestCards(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	evil := `<script>alert("x")</script>`
	run, err := j.Begin(ctx, evil, map[string]string{evil: evil}, WithTags(evil), WithData(evil, evil), WithBackend(evil, evil))
	must(t, err)
	must(t, run.Log(1, Metrics{evil: 1, "loss": math.NaN()}))
	must(t, run.Note(evil))
	must(t, run.Figure("svg", "image/svg+xml", []byte("<svg xmlns='http://www.w3.org/2000/svg'>"+evil+"</svg>")))
	must(t, run.Figure(evil, "text/html", []byte(evil)))
	must(t, run.Figure("text", "text/plain", []byte(evil)))
	must(t, run.Finish(new(errors.New(evil))))
	other, err := j.Begin(ctx, "other", nil)
	must(t, err)
	must(t, other.Finish(nil))
	card, err := j.Card(ctx, run.ID)
	must(t, err)
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	o, err := j.Get(ctx, other.ID)
	must(t, err)
	e := Entry{ID: "x", Title: evil, Body: evil, Tags: []string{evil}}
	for name, html := range map[string]string{"card": card, "record": r.HTML(), "table": Table(r, o), "entry": e.HTML(), "no runs": Table()} {
		if count := wellFormed(t, html); count["script"] != 0 {
			t.Errorf("%s: a script came through", name)
		}
	}
	if count := wellFormed(t, card); count["svg"] != 2 || count["img"] != 1 || count["figure"] != 3 {
		t.Errorf("card has %v", count)
	}
	if !strings.Contains(Table(r, o), "NaN") {
		t.Error("the table hides NaN")
	}
	if _, err := j.CurvesOf(ctx, CurveOptions{}, "nonesuch", run.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("curves of a metric nobody has: %v", err)
	}
}

// TestCardRuns leads from the runs that a text names to their cards.
func TestCardRuns(t *testing.T) {
	e := Entry{Body: "See run:gypffxeydh, run:abcd and <b>run:zzzz</b>.", Runs: []string{"abcdefghjk", "gypffxeydh"}}
	for _, want := range []string{`See <a href="#run-gypffxeydh">run:gypffxeydh</a>, <a href="#run-abcdefghjk">run:abcd</a>`, "&lt;b&gt;run:zzzz&lt;/b&gt;"} {
		if got := e.HTML(); !strings.Contains(got, want) {
			t.Errorf("%q is not in %s", want, got)
		}
	}
	r := Record{ID: "gypffxeydh", Notes: []Note{{Text: "after run:abcdefghjk"}}}
	if got := r.HTML(); !strings.Contains(got, `<article id="run-gypffxeydh"`) || !strings.Contains(got, `<a href="#run-abcdefghjk">run:abcdefghjk</a>`) {
		t.Errorf("the card is %s", got)
	}
}
