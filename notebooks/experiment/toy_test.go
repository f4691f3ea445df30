package experiment

import (
	"context"
	"math"
	"strings"
	"testing"

	"flowbook/journal"
)

// TestToyRecordAndReplay trains a very small flow for a few steps, as a run of a journal of its own.
func TestToyRecordAndReplay(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	record, err := Run("toy-moons-quick", nil, "flow=affine", "points=200", "batch=50",
		"train.steps=6", "train.validate_every=3", "train.checkpoint_every=3")
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range []string{"train_nll", "val_nll", "test_nll", "floor_nll"} {
		if record.Metrics[metric].Count == 0 {
			t.Errorf("the run has no metric %s: %v", metric, record.MetricNames())
		}
	}
	if gap := record.Metrics["test_gap"].Last; !(gap > 0) {
		t.Errorf("after 6 steps the flow scores better than the true density, by %g nats", -gap)
	}
	if len(record.Figures) != 2 || len(record.Checkpoints) == 0 || len(record.Data) != 2 {
		t.Errorf("figures %v, checkpoints %v, data %v", record.Figures, record.Checkpoints, record.Data)
	}
	m, loaded, err := Load("toy-moons-quick")
	if err != nil {
		t.Fatal(err)
	}
	if loaded.ID != record.ID || m.Step() != 6 {
		t.Errorf("loaded run %s at step %d; want %s at step 6", loaded.ID, m.Step(), record.ID)
	}
	if mass, err := Mass(t.Context(), m, 20, 400); err != nil || math.Abs(mass-1) > 1e-3 {
		t.Errorf("the density integrates to %g, %v", mass, err)
	}
	j, err := journal.OpenDefault()
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if report, err := journal.Replay(context.Background(), j, record.ID); err != nil || !report.Identical {
		t.Errorf("replay: %v, %v", report, err)
	}
}

func TestToyNamesWhatIsWrong(t *testing.T) {
	if _, err := (Toy{Dataset: "hexagons", Points: 10}).Draw(); err == nil || !strings.Contains(err.Error(), "hexagons") {
		t.Errorf("an unknown set: %v", err)
	}
	if _, err := (Toy{Dataset: "moons", Flow: "quadratic"}).New(); err == nil || !strings.Contains(err.Error(), `no flow "quadratic"`) {
		t.Errorf("an unknown flow: %v", err)
	}
}
