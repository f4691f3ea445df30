package group

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"flowbook/figures/chart"
	"flowbook/journal"
	"flowbook/journal/query"
	"flowbook/journal/record"
)

// TestGroup averages over seeds, and says what else differs within a group.
func TestByFields(t *testing.T) {
	var runs []*journal.Record
	add := func(planes, seed int, rate, last float64) {
		s := int64(seed)
		r := &journal.Record{ID: fmt.Sprint("r", len(runs)), Seed: &s, Metrics: map[string]record.Summary{"loss": {Last: last, Min: last / 2, Max: last}},
			Config: fmt.Appendf(nil, `{"planes":%d,"seed":%d,"rate":%g}`, planes, seed, rate)}
		runs = append(runs, r)
	}
	add(16, 1, 0.1, 2)
	add(16, 2, 0.1, 4)
	add(8, 1, 0.1, 5)
	add(8, 2, 0.1, math.Inf(-1))
	add(8, 3, 0.2, 7)
	add(32, 1, 0.1, math.NaN())
	runs = append(runs, &journal.Record{ID: "replay", ReplayOf: "r0", Config: runs[0].Config, Metrics: runs[0].Metrics})
	g, err := ByFields(runs, []string{"config.planes"}, []string{"seed"}, []string{"loss", "loss.best", "none"})
	must(t, err)
	var got []string
	for _, group := range g.Groups {
		got = append(got, fmt.Sprint(group.Values, " ", len(group.Runs), " ", group.Stats[0], " | ", group.Stats[1], " | ", group.Stats[2], " ", group.Stats[0].Best))
	}
	want := []string{"[8] 3 6 ± 1.4 (1 not finite) | 3 ± 0.71 (1 not finite) |  false", "[16] 2 3 ± 1.4 | 1.5 ± 0.71 |  true", "[32] 1 not finite | not finite |  false"}
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(g.Mixed, []string{"rate"}) || g.Replays != 1 {
		t.Errorf("the groups are %q, mixed %q, %d replays; want %q", got, g.Mixed, g.Replays, want)
	}
	trials := g.Trials(0) // not of the group without a finite value
	if len(trials.All) != 2 || trials.All[0].Label != "planes=16 loss 3 ± 1.4, n = 2" || trials.Crown != chart.Ranked || !reflect.DeepEqual(trials.Params, []string{"planes"}) {
		t.Errorf("drawn are %+v", trials)
	}
	if none := g.Trials(2); len(none.All) != 0 || none.Panels() != "" {
		t.Errorf("of a metric that nobody has, drawn are %+v", none)
	}
	g, err = ByFields(runs, nil, []string{"seed"}, []string{"loss"})
	must(t, err)
	if len(g.Groups) != 4 || len(g.Mixed) != 0 || !reflect.DeepEqual(g.By, []string{"config.planes", "config.rate"}) {
		t.Errorf("by all that differs there are %+v", g)
	}
	for _, bad := range [][2][]string{{{"planes"}, nil}, {nil, {"sneed"}}} {
		if _, err := ByFields(runs, bad[0], bad[1], nil); !errors.Is(err, journal.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	field, err := query.ParseField("metric.m")
	must(t, err)
	if s := stat(part{runs: []*journal.Record{{Metrics: map[string]record.Summary{"m": {Last: 1e9}}}, {Metrics: map[string]record.Summary{"m": {Last: 1e9 + 1}}}}}, field); math.Abs(float64(s.Deviation)-math.Sqrt(0.5)) > 1e-6 {
		t.Errorf("of large values: %+v", s)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
