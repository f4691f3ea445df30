package journal

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"flowbook/figures/chart/charttest"
	"flowbook/journal/record"
)

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
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	o, err := j.Get(ctx, other.ID)
	must(t, err)
	e := Entry{ID: "x", Title: evil, Body: evil, Tags: []string{evil}}
	for name, html := range map[string]string{"record": r.HTML(), "table": Table(r, o), "entry": e.HTML(), "no runs": Table()} {
		if count := charttest.Elements(t, html); count["script"] != 0 {
			t.Errorf("%s: a script came through", name)
		}
	}
	if table := Table(r, o); !strings.Contains(table, ">NaN<") || strings.Count(table, ">–<") != len(r.Metrics) {
		t.Errorf("NaN is not shown, or what a run has not logged is not a dash, in\n%s", table)
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
	r := Record{ID: "gypffxeydh", Notes: []record.Note{{Text: "after run:abcdefghjk"}}}
	if got := r.HTML(); !strings.Contains(got, `<article id="run-gypffxeydh"`) || !strings.Contains(got, `<a href="#run-abcdefghjk">run:abcdefghjk</a>`) {
		t.Errorf("the card is %s", got)
	}
}
