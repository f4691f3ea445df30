package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"flowbook/journal/record"
	"flowbook/journal/store"
)

// TestRunColumns holds that each column of table run is in runColumns, and that what is written comes back.
func TestRunColumns(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, db, &Dialect{
		HasTable: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
		Versions: "CREATE TABLE goose_db_version (version_id INTEGER, is_applied INTEGER)",
		Classify: func(error) Kind { return Other },
	}, store.Location{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var columns, known []string
	err = s.rows(ctx, "SELECT name FROM pragma_table_info('run') ORDER BY name", nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		columns = append(columns, name)
		return err
	})
	seed, ended := int64(1)<<60+1, time.UnixMicro(1_700_000_100_000_002).UTC()
	want := &record.Run{ID: "fa11rec0rd", Name: "a name", Experiment: "x", Status: record.Failed, Error: "it broke", Config: json.RawMessage(`{"lr":0.1}`), Seed: &seed,
		Sweep: &record.Sweep{ID: "sweep00000", Params: []string{"lr"}, Settings: []string{"lr=0.1,0.2"}, Random: 3, Seed: 4}, Backend: "xla:cpu", Device: "a device",
		Started: time.UnixMicro(1_700_000_000_000_001).UTC(), Ended: &ended, Deleted: &ended, Machine: record.Machine{Host: "a host", CPUs: 2}, Tags: []string{"t"}}
	parent := &record.Run{ID: "parent0000", Experiment: "x", Status: record.Finished, Config: json.RawMessage(`{}`), Started: ended}
	want.Parent, want.ReplayOf = parent.ID, parent.ID
	if err := errors.Join(err, s.Insert(ctx, parent), s.Insert(ctx, want)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Run(ctx, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range runColumns {
		known = append(known, c.name)
		a, errA := c.write(want)
		b, errB := c.write(got)
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("column %s is %v, was %v; %v, %v", c.name, b, a, errA, errB)
		}
		if a == nil && c.name != "code_id" {
			t.Errorf("the full record has nothing in column %s: give it something", c.name)
		}
	}
	if slices.Sort(known); !slices.Equal(columns, known) {
		t.Errorf("the table run has %v, runColumns %v", columns, known)
	}
}
