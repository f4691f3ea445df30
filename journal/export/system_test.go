package export

import (
	"strings"
	"testing"

	"flowbook/journal"
)

// How the machine fared is a part of its own, by the second of the run.
func TestSystemMetricsAreApart(t *testing.T) {
	j := open(t)
	run, err := j.Begin(t.Context(), "moons", nil)
	must(t, err)
	for i := 1; i <= 3; i++ {
		must(t, run.Log(i, journal.Metrics{"loss": 3 / float64(i)}))
		must(t, run.Log(5*i, journal.Metrics{"system/cpu_percent": float64(100 + i)}))
	}
	must(t, run.Finish(nil))
	_, card, _ := strings.Cut(render(t, j, Options{}), `<article class="run finished"`)
	before, after, found := strings.Cut(card, "<summary>System</summary>")
	if !found {
		t.Fatal("the page has no part for the system")
	}
	if strings.Contains(before, "<b>system/cpu_percent</b>") || !strings.Contains(before, "<b>loss</b>") || strings.Contains(before, "second of the run") {
		t.Error("it stands among the metrics of the training")
	}
	if !strings.Contains(after, "<b>system/cpu_percent</b>") || !strings.Contains(after, "second of the run") || strings.Contains(after, "<b>loss</b>") {
		t.Error("the part lacks its curve, its axis, or has others'")
	}
}
