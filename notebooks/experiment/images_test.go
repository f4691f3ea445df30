package experiment

import (
	"context"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
)

// TestImagesRecordAndReplay trains a very small flow on MNIST for a few steps, as a run of a journal of its own.
func TestImagesRecordAndReplay(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	small := []string{"digits=2", "train.steps=6", "train.validate_every=3", "train.checkpoint_every=3", "validate=20", "test=20", "batch=10"}
	record, err := Run("mnist-quick", nil, small...)
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range []string{"train_bpd", "val_bpd", "test_bpd"} {
		if record.Metrics[metric].Count == 0 {
			t.Errorf("the run has no metric %s: %v", metric, record.MetricNames())
		}
	}
	if len(record.Figures) == 0 || len(record.Checkpoints) == 0 || len(record.Data) != 2 {
		t.Errorf("figures %v, checkpoints %v, data %v", record.Figures, record.Checkpoints, record.Data)
	}
	m, loaded, err := Load("mnist-quick")
	if err != nil {
		t.Fatal(err)
	}
	if loaded.ID != record.ID || m.Step() != 6 {
		t.Errorf("loaded run %s at step %d; want %s at step 6", loaded.ID, m.Step(), record.ID)
	}
	j, err := journal.OpenDefault()
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if pace, err := MeasuredPace("mnist-quick"); err != nil || pace.Record.ID != record.ID || pace.Step <= 0 {
		t.Errorf("pace of run %s: %v, %v", record.ID, pace, err)
	}
	if _, err := MeasuredPace("mnist-full"); err == nil || !strings.Contains(err.Error(), "journal run mnist-full") {
		t.Errorf("the pace of an experiment that never ran: %v", err)
	}
	report, err := journal.Replay(context.Background(), j, record.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !report.Identical {
		t.Errorf("replay: %v", report)
	}
}

func TestMedianInterval(t *testing.T) {
	if d := medianInterval([]int64{0, 100, 101, 104, 110, 1110}); d != 6*time.Microsecond {
		t.Errorf("median interval %v, want 6µs", d)
	}
}
