package runs_test

import (
	"context"
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

// seeded is a config with the two seeds of a Toy experiment.
func seeded(seed int) any {
	return map[string]any{"data_seed": seed, "model": map[string]any{"seed": seed}}
}
