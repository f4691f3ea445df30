package journal

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"flowbook/journal/record"
	"flowbook/journal/store"
)

// TestSweepOfRun begins a run with an id and a sweep: both are read back, chosen by a filter and imported elsewhere, and a second run of
// the id is refused.
func TestSweepOfRun(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	id, want := NewID(), record.Sweep{ID: NewID(), Params: []string{"rate", "seed"}, Settings: []string{"rate=0.1,0.2", "seed=1..3"}, Random: 4, Seed: 18446744073709551615}
	run, err := j.Begin(ctx, "x", map[string]any{"rate": 0.1, "seed": 1}, WithID(id), WithSweep(want))
	must(t, err)
	must(t, run.Finish(nil))
	if _, err := j.Begin(ctx, "x", nil, WithID(id)); !errors.Is(err, ErrDuplicate) {
		t.Errorf("a second run of the id: %v", err)
	}
	if _, err := j.Begin(ctx, "x", nil, WithID("NO")); !errors.Is(err, ErrInvalid) {
		t.Errorf("a bad id: %v", err)
	}
	rec, err := j.Get(ctx, id)
	must(t, err)
	if rec.Sweep == nil || !reflect.DeepEqual(*rec.Sweep, want) {
		t.Errorf("%+v, want %+v", rec.Sweep, want)
	}
	other, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, other.Finish(nil))
	if rec, err := j.Get(ctx, other.ID); err != nil || rec.Sweep != nil {
		t.Errorf("a run of no sweep: %+v, %v", rec.Sweep, err)
	}
	chosen, err := j.Runs(ctx, Query{Where: "sweep = " + want.ID})
	must(t, err)
	if len(chosen) != 1 || chosen[0].ID != id {
		t.Errorf("runs of the sweep: %d", len(chosen))
	}
	elsewhere := openTemp(t)
	must(t, elsewhere.Import(ctx, rec, nil, nil))
	if again, err := elsewhere.Get(ctx, id); err != nil || !reflect.DeepEqual(again.Sweep, rec.Sweep) {
		t.Errorf("imported: %+v, %v", again.Sweep, err)
	}
}

// TestOpenBeforeSweeps opens a journal of the first schema, which knew no sweeps.
func TestOpenBeforeSweeps(t *testing.T) {
	ctx := context.Background()
	path := oldJournal(t, 1)
	db := database(t, store.Location{Path: path, DSN: path})
	must(t, sqlExec(db, "INSERT INTO run (id, experiment, status, config, started, ended) VALUES ('0000000000', 'old', 'finished', '{}', 1, 2)"))
	must(t, db.Close())
	j, err := Open(path)
	must(t, err)
	defer j.Close()
	if rec, err := j.Get(ctx, "0000000000"); err != nil || rec.Sweep != nil || rec.Experiment != "old" {
		t.Errorf("%+v, %v", rec, err)
	}
}

// TestAbandoned executes a run that cannot record what is printed, since another does: it ends, and does not stay as running.
func TestAbandoned(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	Register("abandoned", Typed("", struct{}{}, func(context.Context, *Run, struct{}) error { return nil }))
	first, err := j.Begin(ctx, "x", nil, WithOutput())
	must(t, err)
	id := NewID()
	if rec, err := Execute(ctx, j, "abandoned", nil, WithID(id), WithOutput()); err == nil || rec != nil {
		t.Errorf("%+v, %v", rec, err)
	}
	must(t, first.Finish(nil))
	if rec, err := j.Get(ctx, id); err != nil || rec.Status != Failed {
		t.Errorf("%+v, %v", rec, err)
	}
	if rec, err := Continue(ctx, j, id, WithOutput()); err != nil || rec.Status != Finished {
		t.Errorf("%+v, %v", rec, err)
	}
}
