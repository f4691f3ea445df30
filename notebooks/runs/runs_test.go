package runs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/notebooks/runs"
)

func TestSeedsFindsTheNewestOfEach(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	ctx := context.Background()
	j, err := journal.OpenDefault()
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var ids []string
	for _, seed := range []int{0, 2, 2, 9} {
		run, err := j.Begin(ctx, "toy-moons-quick", seeded(seed))
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Finish(nil); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
	}
	if _, err := j.Begin(ctx, "toy-moons-quick", seeded(0)); err != nil { // not finished
		t.Fatal(err)
	}
	found, err := runs.Seeds("toy-moons-quick", 5)
	if err != nil || len(found) != 2 || found[0].ID != ids[0] || found[1].ID != ids[2] {
		t.Errorf("found %v, %v; want the runs %s and %s", found, err, ids[0], ids[2])
	}
}

// seeded is a config with the seed of a Toy experiment.
func seeded(seed int) any {
	return map[string]any{"seed": seed}
}

// trained makes a run with a checkpoint; end finishes it, or leaves it as a stopped one.
func trained(t *testing.T, j *journal.Journal, metrics journal.Metrics, end error) *journal.Run {
	t.Helper()
	run, err := j.Begin(t.Context(), "mnist-quick", map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "checkpoint")
	if err := errors.Join(run.Log(18, metrics), os.WriteFile(path, []byte("weights"), 0o644), run.Checkpoint(18, path)); err != nil {
		t.Fatal(err)
	}
	run.Finish(&end)
	return run
}

// A training that was stopped never takes the place of a finished one, and what it has not measured is no number.
func TestAStoppedRunIsNoResult(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	j, err := journal.OpenDefault()
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()

	alone := trained(t, j, journal.Metrics{"train_bpd": 3}, context.Canceled)
	if _, err := runs.Latest("mnist-quick"); err == nil || !strings.Contains(err.Error(), "journal resume "+alone.ID) {
		t.Errorf("with only a stopped run the error is %v; it does not say how to go on", err)
	}
	finished := trained(t, j, journal.Metrics{"train_bpd": 2, "test_bpd": 1.7}, nil)
	stopped := trained(t, j, journal.Metrics{"train_bpd": 3}, context.Canceled)

	latest, err := runs.Latest("mnist-quick")
	if err != nil || latest.ID != finished.ID {
		t.Fatalf("the latest run is %v, %v; want the finished one, %s", latest, err, finished.ID)
	}
	if v, err := runs.Value(latest, "test_bpd"); err != nil || v != 1.7 {
		t.Errorf("test_bpd is %v, %v", v, err)
	}
	if want := "run " + finished.ID + " of mnist-quick, step 18"; runs.Origin(latest) != want {
		t.Errorf("it comes from %q, want %q", runs.Origin(latest), want)
	}

	named, err := runs.Named(stopped.ID)
	if err != nil || named.Status != journal.Interrupted {
		t.Fatalf("by name: %v, %v", named, err)
	}
	if v, err := runs.Value(named, "test_bpd"); err == nil || !strings.Contains(err.Error(), stopped.ID) || !strings.Contains(err.Error(), "train_bpd") {
		t.Errorf("a metric that was never logged is %v, %v; want an error with the run and what it has", v, err)
	}
	if !strings.HasSuffix(runs.Origin(named), "step 18, interrupted") {
		t.Errorf("a stopped run comes from %q", runs.Origin(named))
	}
}

// A replay checks a run; it is no newer result.
func TestAReplayIsNoResult(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	type config struct {
		Seed int `json:"seed"`
	}
	file := filepath.Join(t.TempDir(), "checkpoint")
	if err := os.WriteFile(file, []byte("weights"), 0o644); err != nil {
		t.Fatal(err)
	}
	journal.Register("replayed-quick", journal.Typed("logs one number", config{}, func(_ context.Context, run *journal.Run, _ config) error {
		return errors.Join(run.Log(1, journal.Metrics{"test_bpd": 2}), run.Checkpoint(1, file))
	}))
	j, err := journal.OpenDefault()
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	original, err := journal.Execute(t.Context(), j, "replayed-quick", nil)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := journal.Replay(t.Context(), j, original.ID); err != nil || !report.Identical {
		t.Fatalf("%v, %v", report, err)
	}
	if latest, err := runs.Latest("replayed-quick"); err != nil || latest.ID != original.ID {
		t.Errorf("the latest is %v, %v; want the run itself, %s", latest, err, original.ID)
	}
	if seeds, err := runs.Seeds("replayed-quick", 1); err != nil || len(seeds) != 1 || seeds[0].ID != original.ID {
		t.Errorf("of seed 0: %v, %v; want the run itself, %s", seeds, err, original.ID)
	}
}
