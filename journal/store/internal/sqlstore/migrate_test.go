package sqlstore_test

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"flowbook/journal"
	"flowbook/journal/store/internal/sqlstore"
)

// TestMigrate brings an old journal to a newer schema: a copy is made before, the runs stay, and the older program refuses it.
func TestMigrate(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := journal.Open(path)
	must(t, err)
	run, err := j.Begin(ctx, "old", nil)
	must(t, err)
	must(t, run.Log(1, journal.Metrics{"m": 1}))
	must(t, run.Finish(nil))
	must(t, j.Close())

	ours := sqlstore.SetSchema(nil)
	defer sqlstore.SetSchema(ours)
	grown := fstest.MapFS{"schema/90001_next.sql": {Data: []byte("-- +goose Up\nALTER TABLE run ADD COLUMN mood TEXT;\n")},
		"schema/90002_broken.sql": {Data: []byte("-- +goose Up\nALTER TABLE nonesuch ADD COLUMN mood TEXT;\n")}}
	must(t, fs.WalkDir(ours, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, err := fs.ReadFile(ours, p)
			grown[p] = &fstest.MapFile{Data: data}
			return err
		}
		return err
	}))
	sqlstore.SetSchema(grown)
	if _, err := journal.Open(path); err == nil || !strings.Contains(err.Error(), "nonesuch") {
		t.Fatalf("a broken migration: %v", err)
	}
	copies, _ := filepath.Glob(path + ".schema*")
	if len(copies) != 1 {
		t.Fatalf("copies before the migrations: %v", copies)
	}
	delete(grown, "schema/90002_broken.sql")
	j, err = journal.Open(path)
	must(t, err)
	if r, err := j.Get(ctx, run.ID); err != nil || r.Metrics["m"].Count != 1 {
		t.Errorf("the old run: %+v, %v", r, err)
	}
	must(t, j.Close())

	sqlstore.SetSchema(ours)
	if _, err := journal.Open(path); !errors.Is(err, journal.ErrNewerSchema) || !strings.Contains(err.Error(), "90001") || !strings.Contains(err.Error(), path) {
		t.Errorf("a newer schema: %v", err)
	}
	old, err := journal.Open(copies[0])
	must(t, err)
	defer old.Close()
	if r, err := old.Get(ctx, run.ID); err != nil || r.Metrics["m"].Count != 1 {
		t.Errorf("the run in the copy: %+v, %v", r, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
