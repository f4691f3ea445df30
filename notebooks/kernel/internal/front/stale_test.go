package front

import (
	"testing"

	"flowbook/journal"
	"flowbook/notebooks/runs"
)

// What cells say of where an output comes from is understood, whatever a reader calls an experiment.
func TestOriginIsUnderstood(t *testing.T) {
	trained := []journal.Artifact{{Step: 18}}
	for _, r := range []*journal.Record{
		{ID: "k3f9a", Experiment: "mnist-quick", Status: journal.Finished, Checkpoints: trained},
		{ID: "k3f9a", Experiment: "no checkpoint", Status: journal.Finished},
		{ID: "k3f9a", Experiment: "my flow, wide", Status: journal.Finished, Checkpoints: trained},
		{ID: "k3f9a", Experiment: "after it was interrupted", Status: journal.Finished, Checkpoints: trained},
		{ID: "k3f9a", Experiment: "from a, step 3", Status: journal.Finished, Checkpoints: trained},
	} {
		text := runs.Origin(r)
		if found := says.FindStringSubmatch(text); found == nil || found[1] != r.ID || found[2] != r.Experiment || unfinished.MatchString(text) {
			t.Errorf("of %q is understood %q, want the finished run %s of %q", text, found, r.ID, r.Experiment)
		}
	}
	for _, status := range []journal.Status{journal.Running, journal.Failed, journal.Interrupted} {
		if text := runs.Origin(&journal.Record{ID: "k3f9a", Experiment: "mnist-quick", Status: status, Checkpoints: trained}); !unfinished.MatchString(text) {
			t.Errorf("%q is taken for a finished run", text)
		}
	}
}
