// Package storetest is what every store of a journal has to pass: hand [Run] a function that opens an empty one.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/record/recordtest"
	"flowbook/journal/store"
)

// Run tests a store by its verbs. open opens an empty one, and closes it when the test ends.
func Run(t *testing.T, open func(*testing.T) store.Store) {
	for name, test := range map[string]func(*testing.T, store.Store){
		"Insert": testInsert, "Change": testChange, "Log": testLog, "Resume": testResume, "Select": testSelect, "Output": testOutput,
		"Entries": testEntries, "Trash": testTrash, "Artifacts": testArtifacts, "Checkpoints": testCheckpoints, "Check": testCheck,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var ctx = context.Background()

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// begin inserts a run of one attempt.
func begin(t *testing.T, s store.Store, id string) *record.Run {
	t.Helper()
	at := time.UnixMicro(1_700_000_000_000_000).UTC()
	r := &record.Run{ID: id, Experiment: "x", Status: record.Running, Config: []byte(`{}`), Started: at,
		Attempts: []record.Attempt{{Number: 1, FromStep: record.NoStep, Host: "h", Boot: "b", PID: 7, PIDStart: "8", Started: at, Heartbeat: at}}}
	must(t, s.Insert(ctx, r))
	return r
}

func get(t *testing.T, s store.Store, id string) *record.Run {
	t.Helper()
	r, err := s.Run(ctx, id)
	must(t, err)
	return r
}

func testInsert(t *testing.T, s store.Store) {
	full := recordtest.Full()
	full.Notes = []record.Note{{ID: "n", Time: full.Started, Text: "a note"}}
	full.Better = map[string]record.Better{"m": record.Higher}
	full.Data = map[string]string{"set": "digest"}
	full.Attempts = []record.Attempt{{Number: 1, FromStep: record.NoStep, Host: "h", Started: full.Started, Heartbeat: full.Started},
		{Number: 2, FromStep: 1, Host: "h", Started: full.Started, Heartbeat: full.Started, Code: &full.Code}}
	must(t, s.InsertLogged(ctx, full, func(logs store.Logs) error {
		for attempt := 1; attempt <= 2; attempt++ {
			if err := logs(attempt).Append(ctx, points(1, 3, float64(attempt))); err != nil {
				return err
			}
		}
		return nil
	}))
	got := get(t, s, full.ID)
	if got.Parent != "" || got.ReplayOf != "" {
		t.Errorf("parents that are not there: %q, %q", got.Parent, got.ReplayOf)
	}
	for _, f := range record.Fields() {
		if want := f.Text(full); f.Kind != record.RunField && f.Text(got) != want {
			t.Errorf("field %s is %q, was %q", f.Name, f.Text(got), want)
		}
	}
	if !reflect.DeepEqual(got.Data, full.Data) || !reflect.DeepEqual(got.Better, full.Better) || len(got.Notes) != 1 || got.Notes[0] != full.Notes[0] || !slices.Equal(got.Tags, full.Tags) {
		t.Errorf("it has %v, %v, %v, %v", got.Data, got.Better, got.Notes, got.Tags)
	}
	if !reflect.DeepEqual(got.Attempts, full.Attempts) {
		t.Errorf("its attempts are %+v, were %+v", got.Attempts, full.Attempts)
	}
	if sum := got.Metrics["m"]; sum.Count != 5 || sum.Max != 3002 { // steps 0 and 1 of the first attempt stand
		t.Errorf("the summary is %+v", sum)
	}
	if err := s.Insert(ctx, full); !errors.Is(err, fault.ErrDuplicate) {
		t.Errorf("once more: %v", err)
	}
	broken := errors.New("broken")
	other := recordtest.Full()
	other.ID, other.Attempts = "0ther00000", full.Attempts
	if err := s.InsertLogged(ctx, other, func(store.Logs) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a log that cannot be read: %v", err)
	}
	if _, err := s.Run(ctx, other.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("the run is there in part: %v", err)
	}
}

func testChange(t *testing.T, s store.Store) {
	id := begin(t, s, "0000000001").ID
	name := "a name"
	end := time.UnixMicro(1_700_000_001_000_000).UTC()
	must(t, s.Change(ctx, id, store.Change{Name: &name, Backend: &store.Backend{Name: "xla", Device: "d"}, Tags: []string{"b", "a", "a"}, Data: map[string]string{"set": "1"},
		Better: map[string]record.Better{"m": record.None}, Notes: []record.Note{{Time: end, Text: "n"}}, Code: &store.Code{Attempt: 1, Of: recordtest.Full().Code}}))
	must(t, s.Change(ctx, id, store.Change{Untag: []string{"a"}, Data: map[string]string{"set": "2"}, End: &store.End{Attempt: 1, Status: record.Failed, Error: "e", At: end}}))
	r := get(t, s, id)
	if r.Name != name || r.Backend != "xla" || r.Device != "d" || !slices.Equal(r.Tags, []string{"b"}) || r.Data["set"] != "2" || r.Better["m"] != record.None || len(r.Notes) != 1 ||
		r.Code.Commit != "c0ffee" || r.Status != record.Failed || r.Error != "e" || !r.Ended.Equal(end) {
		t.Errorf("the run is %+v", r)
	}
	for what, c := range map[string]struct {
		change store.Change
		want   error
	}{
		"a tag it does not have": {store.Change{Tags: []string{"new"}, Untag: []string{"none"}}, fault.ErrNotFound},
		"no direction":           {store.Change{Tags: []string{"new"}, Better: map[string]record.Better{"m": "up"}}, fault.ErrInvalid},
		"another attempt's end":  {store.Change{Tags: []string{"new"}, End: &store.End{Attempt: 2, Status: record.Finished, At: end}}, fault.ErrRunning},
	} {
		if err := s.Change(ctx, id, c.change); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if r := get(t, s, id); !slices.Equal(r.Tags, []string{"b"}) {
		t.Errorf("a change was done in part: %v", r.Tags)
	}
	if err := s.Change(ctx, "none000000", store.Change{Name: &name}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("of no run: %v", err)
	}
}

func testSelect(t *testing.T, s store.Store) {
	for i, experiment := range []string{"a", "b", "a"} {
		must(t, s.Insert(ctx, &record.Run{ID: fmt.Sprintf("%010d", i), Experiment: experiment, Status: record.Finished, Config: []byte("{}"), Started: time.Unix(int64(100+i), 0),
			Tags: []string{"all", experiment}, Attempts: []record.Attempt{{Number: 1, FromStep: record.NoStep, Started: time.Unix(1, 0), Heartbeat: time.Unix(1, 0)}}}))
	}
	now := time.Now()
	_, err := s.SetDeleted(ctx, store.RunKind, "0000000002", &now)
	must(t, err)
	for _, c := range []struct {
		sel  store.Selection
		want []string
	}{
		{store.Selection{}, []string{"0000000001", "0000000000"}},
		{store.Selection{Trash: true}, []string{"0000000002"}},
		{store.Selection{Experiment: "a"}, []string{"0000000000"}},
		{store.Selection{Tags: []string{"all", "b"}}, []string{"0000000001"}},
		{store.Selection{Since: time.Unix(101, 0)}, []string{"0000000001"}},
		{store.Selection{Until: time.Unix(101, 0)}, []string{"0000000000"}},
		{store.Selection{Limit: 1}, []string{"0000000001"}},
		{store.Selection{Experiment: "none"}, nil},
	} {
		all, err := s.Runs(ctx, c.sel)
		must(t, err)
		var got []string
		for _, r := range all {
			got = append(got, r.ID)
			if !slices.Equal(r.Tags, []string{r.Experiment, "all"}) && !slices.Equal(r.Tags, []string{"all", r.Experiment}) {
				t.Errorf("run %s has the tags %q", r.ID, r.Tags)
			}
		}
		n, err := s.Count(ctx, c.sel)
		if !slices.Equal(got, c.want) || err != nil || c.sel.Limit == 0 && n != len(c.want) {
			t.Errorf("%+v chooses %q, counts %d, %v; want %q", c.sel, got, n, err, c.want)
		}
	}
}
