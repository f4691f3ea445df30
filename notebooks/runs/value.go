package runs

import (
	"fmt"
	"slices"
	"strings"

	"flowbook/journal"
)

// Value is the last value of a metric of a run. A metric that the run has not logged is an error, never a zero.
func Value(r *journal.Record, metric string) (float64, error) {
	s, ok := r.Metrics[metric]
	if !ok || s.Count == 0 {
		return 0, fmt.Errorf("runs: run %s of %q, %s, has logged no %q%s", r.ID, r.Experiment, r.Status, metric, logged(r))
	}
	return s.Last, nil
}

// logged lists what the run has logged.
func logged(r *journal.Record) string {
	if len(r.Metrics) == 0 {
		return " or anything else"
	}
	return ": it has " + strings.Join(r.MetricNames(), ", ")
}

// Checkpoint gives the newest checkpoint of a run, as [journal.Journal.Get] gives it.
func Checkpoint(r *journal.Record) (journal.Artifact, error) {
	if len(r.Checkpoints) == 0 {
		return journal.Artifact{}, fmt.Errorf("runs: run %s of %q, %s, has no checkpoint", r.ID, r.Experiment, r.Status)
	}
	newest := r.Checkpoints[0]
	for _, c := range r.Checkpoints {
		if c.Step > newest.Step {
			newest = c
		}
	}
	return newest, nil
}

// Shortened is the tag of a run whose training tests made shorter than its profile has it.
const Shortened = "shortened"

// Origin names where a score or a picture comes from: the run, its step, whether it was shortened and, unless it is
// finished, what became of it.
func Origin(r *journal.Record) string {
	text := fmt.Sprintf("run %s of %s", r.ID, r.Experiment)
	if c, err := Checkpoint(r); err == nil && c.Step >= 0 {
		text += fmt.Sprintf(", step %d", c.Step)
	}
	if slices.Contains(r.Tags, Shortened) {
		text += ", " + Shortened
	}
	if r.Status != journal.Finished {
		text += fmt.Sprintf(", %s", r.Status)
	}
	return text
}
