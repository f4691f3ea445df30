package experiment

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/notebooks/profiles"
	"flowbook/notebooks/runs"
	"flowbook/realnvp"
)

// What counts a training's steps is divided, nothing else; what a caller asks for holds; and the run's record says so.
func TestShorten(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	t.Setenv("FLOWBOOK_SHORTEN", "4")
	type table struct { // as a cell has it, without names for JSON
		Batch int
		Train realnvp.TrainConfig
	}
	whole := table{Batch: 500, Train: realnvp.TrainConfig{Steps: 200, Warmup: 20, ValidateEvery: 2, CheckpointEvery: 100, LearningRate: 1e-3, Patience: 5}}
	for _, c := range []struct {
		overrides []string
		want      table
	}{
		{nil, table{500, realnvp.TrainConfig{Steps: 50, Warmup: 5, ValidateEvery: 1, CheckpointEvery: 25, LearningRate: 1e-3, Patience: 5}}},
		{[]string{"Train.steps=160"}, table{500, realnvp.TrainConfig{Steps: 160, Warmup: 5, ValidateEvery: 1, CheckpointEvery: 25, LearningRate: 1e-3, Patience: 5}}},
	} {
		var trained table
		record, err := Record("cells-own", whole, func(_ context.Context, run *journal.Run, c table) error {
			trained = c
			return run.Log(c.Train.Steps, journal.Metrics{"train_nll": 1})
		}, nil, c.overrides...)
		if err != nil {
			t.Fatal(err)
		}
		var recorded table
		if err := json.Unmarshal(record.Config, &recorded); err != nil {
			t.Fatal(err)
		}
		for _, got := range []table{trained, recorded} {
			if rows := config.Diff(encoded(t, got), encoded(t, c.want)); rows != nil {
				t.Errorf("%v: %+v differs in %v", c.overrides, got, rows)
			}
		}
		if !slices.Contains(record.Tags, runs.Shortened) || !strings.HasSuffix(runs.Origin(record), ", shortened") {
			t.Errorf("nothing says that it is shortened: tags %q, %q", record.Tags, runs.Origin(record))
		}
	}
}

// Without the variable all is as it is written.
func TestNotShortened(t *testing.T) {
	t.Setenv("FLOWBOOK_SHORTEN", "")
	c := MNIST(profiles.Quick)
	if options, err := shorten(&c); err != nil || options != nil || c.Train.Steps != MNIST(profiles.Quick).Train.Steps {
		t.Errorf("%d options, %v, %d steps", len(options), err, c.Train.Steps)
	}
}

func encoded(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := config.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
