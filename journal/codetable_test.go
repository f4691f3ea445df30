package journal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"flowbook/journal/provenance"
	"flowbook/journal/store"
)

// TestOpenBeforeCodeTable opens a journal in which each run had the description of its code in its own line.
func TestOpenBeforeCodeTable(t *testing.T) {
	ctx := context.Background()
	path := oldJournal(t, 3)
	db := database(t, store.Location{Path: path, DSN: path})
	mains := map[string]string{"0000000001": "first", "0000000002": "second", "0000000003": "first", "0000000004": ""}
	for _, id := range slices.Sorted(maps.Keys(mains)) {
		code := "{}"
		if mains[id] != "" {
			code = fmt.Sprintf(`{"main":%q}`, mains[id])
		}
		_, err := db.Exec("INSERT INTO run (id, experiment, status, config, code, started, ended) VALUES (?, 'old', 'finished', '{}', ?, 1, 2)", id, code)
		must(t, err)
	}
	must(t, db.Close())
	j, err := Open(path)
	must(t, err)
	defer j.Close()
	runs, err := j.Runs(ctx, Query{})
	must(t, err)
	for _, r := range runs {
		one, err := j.Get(ctx, r.ID)
		must(t, err)
		if r.Code.Main != mains[r.ID] || one.Code.Main != mains[r.ID] {
			t.Errorf("run %s is of %q and %q, want %q", r.ID, r.Code.Main, one.Code.Main, mains[r.ID])
		}
	}
	if n := codesIn(t, j); len(runs) != 4 || n != 3 {
		t.Errorf("%d runs share %d versions of code, want 4 and 3", len(runs), n)
	}
}

// TestCodeTable shares the description of code between runs, more of them than the cache holds, and deletes it with the last.
func TestCodeTable(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	const maxCodes = 64 // more of them than the cache holds
	for i := range 2 * maxCodes {
		for k := range 2 {
			r := &Record{ID: fmt.Sprintf("%010d", 2*i+k), Experiment: "x", Status: Finished, Started: time.UnixMicro(1), Code: provenance.Code{Main: fmt.Sprint("module ", i)}}
			must(t, j.Import(ctx, r, nil, nil))
		}
	}
	for range 2 { // read, and read again
		runs, err := j.Runs(ctx, Query{Sort: "id"})
		must(t, err)
		for i, r := range runs {
			if want := fmt.Sprint("module ", i/2); r.Code.Main != want {
				t.Errorf("run %s is of %q, want %q", r.ID, r.Code.Main, want)
			}
		}
	}
	if n := codesIn(t, j); n != 2*maxCodes {
		t.Errorf("%d versions of code", n)
	}
	for _, id := range []string{"0000000000", "0000000001", "0000000002"} {
		must(t, j.Remove(ctx, id))
	}
	_, err := j.GC(ctx, -time.Hour)
	must(t, err)
	if n := codesIn(t, j); n != 2*maxCodes-1 {
		t.Errorf("%d versions of code are left", n)
	}
	if r, err := j.Get(ctx, "0000000003"); err != nil || r.Code.Main != "module 1" {
		t.Errorf("%v, %v", r, err)
	}
}

func codesIn(t *testing.T, j *Journal) (n int) {
	t.Helper()
	must(t, database(t, j.at).QueryRow("SELECT count(*) FROM code").Scan(&n))
	return n
}
