package journal

import (
	"context"
	"math"
	"testing"

	"flowbook/journal/record"
)

// TestSummaryOld opens a journal of a version that took −∞ for the least value: it is found anew, and the journal is whole.
func TestSummaryOld(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	for i, v := range []float64{3, math.Inf(-1), 2, 4, math.Inf(1)} {
		must(t, run.Log(i, Metrics{"loss": v}))
	}
	must(t, run.Finish(nil))
	tamper(t, j, "UPDATE series SET min = ?, min_step = 1, max = ?, max_step = 4 WHERE run = ?", math.Inf(-1), math.Inf(1), run.ID)
	for range 2 {
		r, err := j.Get(ctx, run.ID)
		must(t, err)
		all, err := j.Runs(ctx, Query{})
		must(t, err)
		for _, s := range []record.Summary{r.Metrics["loss"], all[0].Metrics["loss"]} {
			if best, step := s.Best("loss"); best != 2 || step != 2 || s.Max != 4 || s.MaxStep != 3 || !math.IsInf(s.Last, 1) || s.NotFinite != 2 {
				t.Errorf("the summary is %+v", s)
			}
		}
		report, err := j.Verify(ctx)
		must(t, err)
		if !report.OK() {
			t.Errorf("verify: %s", report)
		}
	}
}
