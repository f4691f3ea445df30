package group

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowbook/figures/chart"
	"flowbook/journal"
	"flowbook/journal/record"
)

// recorded is a run of a sweep over planes, rate, kind and seed with a loss.
func recorded(id, config string, loss float64) *journal.Record {
	return &journal.Record{ID: id, Config: []byte(config), Sweep: &record.Sweep{ID: "s", Params: []string{"net.planes", "rate", "seed"}},
		Metrics: map[string]record.Summary{"loss": {Count: 2, Last: loss, Min: loss / 2, Max: loss}}}
}

// sweepRuns are those of 2 planes, 3 rates and 3 seeds.
func sweepRuns() (all []*journal.Record) {
	for _, planes := range []int{16, 32} {
		for i, rate := range []string{"0.001", "0.01", "0.1"} {
			for seed := range 3 {
				loss := 1/float64(planes) + 0.1*math.Abs(float64(i)-1.2) + 0.01*float64(seed)
				all = append(all, recorded(fmt.Sprint("run", len(all)), fmt.Sprintf(`{"net":{"planes":%d},"rate":%s,"seed":%d}`, planes, rate, seed), loss))
			}
		}
	}
	return all
}

// TestOfSweep groups over seeds: mean, deviation, count, and which is best.
func TestOfSweep(t *testing.T) {
	runs := sweepRuns()
	runs[0].Metrics = nil                                                // not begun to log
	runs[1].Metrics["loss"] = record.Summary{Count: 1, Last: math.NaN()} // diverged
	table, err := OfSweep(runs, "")
	if err != nil {
		t.Fatal(err)
	}
	if table.Metric != "loss" || table.Better != journal.Lower || !slices.Equal(table.By, []string{"net.planes", "rate"}) || len(table.Groups) != 6 {
		t.Fatalf("%+v", table)
	}
	first, second := table.Groups[0], table.Groups[1]
	if first.Count() != "1 of 3" || !math.IsNaN(float64(first.Deviation)) || first.Text() != "0.2025" || !slices.Equal(first.Values, []string{"16", "0.001"}) {
		t.Errorf("%+v %s %s", first, first.Count(), first.Text())
	}
	if second.Text() != "0.0925 ± 0.01" || second.Count() != "3" || math.Abs(float64(second.Deviation)-0.01) > 1e-12 {
		t.Errorf("%+v %s", second, second.Text())
	}
	ranked := table.Ranked()
	if !slices.Equal(ranked[0].Values, []string{"32", "0.01"}) || !slices.Equal(ranked[5].Values, []string{"16", "0.001"}) {
		t.Errorf("best %v, worst %v", ranked[0].Values, ranked[5].Values)
	}
	if best, err := OfSweep(runs, "loss.best"); err != nil || best.Better != journal.Lower || best.Groups[5].Text() == table.Groups[5].Text() {
		t.Errorf("%+v, %v", best, err)
	}
	if _, err := OfSweep(runs, "acc"); !errors.Is(err, journal.ErrNotFound) || !strings.Contains(err.Error(), "loss") {
		t.Errorf("%v", err)
	}
	if _, err := OfSweep(nil, ""); !errors.Is(err, journal.ErrInvalid) {
		t.Errorf("%v", err)
	}
}

// TestSpread has no deviation where there is none, and keeps values at the ends of a float64.
func TestSpread(t *testing.T) {
	for _, c := range []struct {
		values          []float64
		mean, deviation float64
	}{
		{[]float64{0.011529, 0.011529, 0.011529, 0.011529, 0.011529, 0.011529, 0.011529}, 0.011529, 0},
		{[]float64{-0.1, -0.1, -0.1}, -0.1, 0},
		{[]float64{0, 0}, 0, 0},
		{[]float64{1e308, -1e308}, 0, 1.4142135623730951e308},
		{[]float64{1, 2, 3}, 2, 1},
	} {
		if mean, deviation := spread(c.values); math.Abs(mean-c.mean) > 1e-15*math.Abs(c.mean) || math.Abs(deviation-c.deviation) > 1e-15*c.deviation {
			t.Errorf("%v: %v ± %v, want %v ± %v", c.values, mean, deviation, c.mean, c.deviation)
		}
	}
}

// TestSpreadOrder gives the same mean in whichever order the runs ended.
func TestSpreadOrder(t *testing.T) {
	a, da := spread([]float64{0.9416, 0.96033, 0.97926, 0.99836, 1.0177})
	b, db := spread([]float64{0.96033, 1.0177, 0.99836, 0.97926, 0.9416})
	if a != b || da != db {
		t.Errorf("%v ± %v and %v ± %v", a, da, b, db)
	}
}

// TestNoBest crowns nothing where two share the best mean, and where the runs say different directions.
func TestNoBest(t *testing.T) {
	tied := []*journal.Record{recorded("a", `{"net":{"planes":1},"rate":1}`, 2), recorded("b", `{"net":{"planes":2},"rate":1}`, 2), recorded("c", `{"net":{"planes":3},"rate":1}`, 3)}
	table, err := OfSweep(tied, "loss")
	must(t, err)
	if table.hasBest() || table.Trials().Crown != chart.Unranked {
		t.Error("one of two equal ones is the best")
	}
	tied[0].Better, tied[1].Better = map[string]journal.Better{"loss": journal.Lower}, map[string]journal.Better{"loss": journal.Higher}
	tied[0].Metrics["loss"] = record.Summary{Count: 1, Last: 1, Min: 1, Max: 1}
	for _, metric := range []string{"loss", "loss.best"} {
		if table, err = OfSweep(tied, metric); err != nil || table.Better != journal.None || table.hasBest() {
			t.Errorf("of runs that differ, %s is better %q, %v", metric, table.Better, err)
		}
	}
}

// TestValue finds values by path, and keys that hold dots.
func TestValue(t *testing.T) {
	config := []byte(`{"a":{"b":1,"c.d":{"e":"text"}},"a.x":[1,2],"n":null}`)
	for path, want := range map[string]string{"a.b": "1", "a.c.d.e": "text", "a.x": "[1,2]", "n": "null", "a.z": "", "b": "", "a.b.c": ""} {
		if got := Value(config, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// figure demands that an SVG element is XML without what is not a number, and returns it.
func figure(t *testing.T, svg string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(svg, bad) {
			t.Errorf("%s in %s", bad, svg)
		}
	}
	return svg
}

// TestFigures draws a sweep: a dot and a line for each group that has a value, one of them in the colour of the best. With
// FLOWBOOK_TEST_FIGURES=FOLDER the figures are written there to look at.
func TestFigures(t *testing.T) {
	table, err := OfSweep(sweepRuns(), "")
	if err != nil {
		t.Fatal(err)
	}
	panels, parallel := figure(t, table.Trials().Panels()), figure(t, table.Trials().Parallel())
	if n := strings.Count(panels, "<circle"); n != 12 {
		t.Errorf("%d dots, want 6 groups in 2 panels", n)
	}
	if n := strings.Count(parallel, "<title>"); n != 6 || strings.Count(parallel, chart.Orange.String()) != 1 {
		t.Errorf("%d lines, %d of them best", n, strings.Count(parallel, chart.Orange.String()))
	}
	if n := strings.Count(parallel, "v13h"); n != 3 || !strings.Contains(parallel, "<clipPath") {
		t.Errorf("lines leave %d numbers of the axis between free, want 3", n)
	}
	if !strings.Contains(parallel, "net.planes=32 rate=0.01: loss 0.06125 ± 0.01, n = 3") {
		t.Errorf("no group is described in %s", parallel)
	}
	if html := figure(t, table.HTML()); !strings.Contains(html, "<td style") || !strings.Contains(html, "The best stands out.") {
		t.Errorf("%s", html)
	}
	if dir := os.Getenv("FLOWBOOK_TEST_FIGURES"); dir != "" {
		for name, svg := range map[string]string{"panels": panels, "parallel": parallel} {
			if err := os.WriteFile(filepath.Join(dir, name+".svg"), []byte(svg), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFigureEdges draws what has little to show: one group, one value everywhere, texts, no parameter, huge and tiny values, many groups.
func TestFigureEdges(t *testing.T) {
	draw := func(config func(i int) string, loss func(i int) float64, n int) (*Table, string, string) {
		var runs []*journal.Record
		for i := range n {
			runs = append(runs, recorded(fmt.Sprint("r", i), config(i), loss(i)))
		}
		table, err := OfSweep(runs, "loss")
		if err != nil {
			t.Fatal(err)
		}
		return table, figure(t, table.Trials().Panels()), figure(t, table.Trials().Parallel())
	}
	one := func(int) string { return `{"net":{"planes":1},"rate":1}` }
	texts := func(i int) string { return fmt.Sprintf(`{"net":{"planes":"<&%d"},"rate":[%d,"]]>"]}`, i%3, i%2) }
	many := func(i int) string {
		return fmt.Sprintf(`{"net":{"planes":%d},"rate":%g}`, i, math.Pow(10, -float64(i%9)))
	}
	for name, c := range map[string]struct {
		config func(int) string
		loss   func(int) float64
		n      int
	}{
		"one run":      {one, func(int) float64 { return 0 }, 1},
		"one group":    {one, func(i int) float64 { return float64(i) }, 5},
		"all the same": {texts, func(int) float64 { return 3 }, 12},
		"huge":         {texts, func(i int) float64 { return math.Pow(1e100, float64(i%4)) }, 12},
		"tiny":         {many, func(i int) float64 { return 1e-300 * float64(i+1) }, 12},
		"signs":        {many, func(i int) float64 { return float64(i) - 6 }, 12},
		"thousand":     {many, func(i int) float64 { return float64(i) }, 1000},
	} {
		_, panels, parallel := draw(c.config, c.loss, c.n)
		if panels == "" || parallel == "" {
			t.Errorf("%s: nothing is drawn", name)
		}
		if n := strings.Count(parallel, "<title>"); n > 400 {
			t.Errorf("%s: %d lines", name, n)
		}
	}
	if _, panels, parallel := draw(one, func(int) float64 { return math.NaN() }, 3); panels+parallel != "" {
		t.Errorf("without a finite value: %s", panels)
	}
	seeds := []*journal.Record{recorded("a", "{}", 1)}
	seeds[0].Sweep.Params = []string{"seed"}
	if table, err := OfSweep(seeds, ""); err != nil || table.Trials().Panels()+table.Trials().Parallel() != "" || table.Groups[0].Text() != "1" {
		t.Errorf("a sweep over seeds alone: %+v, %v", table, err)
	}
}
