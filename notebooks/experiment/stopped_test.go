package experiment

import (
	"testing"

	"flowbook/journal"
	"flowbook/journal/record"
)

// A run that was stopped says how far it came and how it goes on.
func TestStoppedSaysHowToGoOn(t *testing.T) {
	logged := map[string]record.Summary{
		"train_nll":          {Count: 18, LastStep: 18},
		"val_nll":            {Count: 1, LastStep: 10},
		"never":              {LastStep: 99},
		"system/cpu_percent": {Count: 40, LastStep: 40},
	}
	for _, c := range []struct {
		run  journal.Record
		want string
	}{
		{journal.Record{Metrics: logged, Checkpoints: []journal.Artifact{{Step: 5}, {Step: 10}}}, "interrupted after step 18; `journal resume k3f9a` goes on from step 10"},
		{journal.Record{Metrics: logged}, "interrupted after step 18; run k3f9a has no checkpoint yet: run the cell again"},
		{journal.Record{}, "interrupted; run k3f9a has no checkpoint yet: run the cell again"},
	} {
		c.run.ID = "k3f9a"
		if got := (&Stopped{Record: &c.run}).Error(); got != c.want {
			t.Errorf("it says %q, want %q", got, c.want)
		}
	}
}
