package journal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestOpenRefuses gives Open files that are no journals; each must be named, and left as it is.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, data, 0o644))
		return path
	}
	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	must(t, err)
	_, err = db.Exec("CREATE TABLE cats (name TEXT)")
	must(t, err)
	must(t, db.Close())

	whole := filepath.Join(dir, "whole.db")
	j, err := Open(whole)
	must(t, err)
	run, err := j.Begin(context.Background(), "x", nil)
	must(t, err)
	must(t, run.Finish(nil))
	must(t, j.Close())
	good, err := os.ReadFile(whole)
	must(t, err)
	rotten := bytes.Clone(good)
	for i := 100; i < len(rotten); i++ {
		rotten[i] ^= 0x5a
	}
	for _, c := range []struct {
		path string
		want error
	}{
		{write("text.db", []byte("this is a text of more than sixteen bytes")), ErrNotJournal},
		{write("short.db", []byte("short")), ErrNotJournal},
		{other, ErrNotJournal},
		{dir, ErrNotJournal},
		{write("rotten.db", rotten), ErrCorrupt},
		{write("cut.db", good[:len(good)/2]), ErrCorrupt},
		{"", ErrInvalid},
		{"sqlite::memory:", ErrInvalid},
		{"mysql://x/y", ErrInvalid},
		{filepath.Join(whole, "below.db"), nil},
	} {
		before, _ := os.ReadFile(c.path)
		j, err := Open(c.path)
		if err == nil {
			j.Close()
			t.Errorf("%s was opened", c.path)
			continue
		}
		if c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.path, err, c.want)
		}
		if c.path != "" && c.path != "sqlite::memory:" && !strings.Contains(err.Error(), strings.SplitN(c.path, ":", 2)[0]) {
			t.Errorf("%v does not name %s", err, c.path)
		}
		if after, _ := os.ReadFile(c.path); !bytes.Equal(before, after) {
			t.Errorf("%s was changed", c.path)
		}
	}
}

// TestOpenTogether creates one journal from many goroutines at once.
func TestOpenTogether(t *testing.T) {
	for range 10 { // it is a race
		testOpenTogether(t)
	}
}

func testOpenTogether(t *testing.T) {
	url := testURL(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			j, err := Open(url)
			if err == nil {
				err = j.Close()
			}
			errs[i] = err
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
}

// TestOpenByLink opens a journal by links to its file, one of them made before there was a journal: what lies beside it lies beside the file
// itself, and both names show the same.
func TestOpenByLink(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "there", "journal.db"), filepath.Join(dir, "link.db")
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no links:", err)
	}
	j, err := Open(link)
	must(t, err)
	run, err := j.Begin(ctx, "linked", nil)
	must(t, err)
	must(t, run.ArtifactBytes("a", "text/plain", []byte("a")))
	must(t, run.Finish(nil))
	must(t, j.Close())
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != 2 {
		t.Errorf("beside the link lie %v", left)
	}
	for _, name := range []string{file, link} {
		j, err := Open(name)
		must(t, err)
		report, err := j.Verify(ctx)
		if err != nil || !report.OK() || report.Artifacts == 0 {
			t.Errorf("by %s: %v, %v", name, report, err)
		}
		must(t, j.Close())
	}
	circle := filepath.Join(dir, "circle.db")
	must(t, os.Symlink(circle, circle))
	for _, no := range []string{circle, os.DevNull} {
		if j, err := Open(no); err == nil || !strings.Contains(err.Error(), no) {
			t.Errorf("%s: %v, %v", no, j, err)
		}
	}
}

// TestDefaultURL looks in each place in turn.
func TestDefaultURL(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module x\n"), 0o644))
	t.Chdir(filepath.Join(dir, "a", "b"))
	t.Setenv("FLOWBOOK_HOME", "")
	t.Setenv("FLOWBOOK_JOURNAL", "")
	wd, err := os.Getwd()
	must(t, err)
	top := filepath.Dir(filepath.Dir(wd))
	if got, want := DefaultURL(), filepath.Join(top, ".flowbook", "journal", "journal.db"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	t.Setenv("FLOWBOOK_HOME", "/h")
	if got := DefaultURL(); got != "/h/journal/journal.db" {
		t.Error(got)
	}
	t.Setenv("FLOWBOOK_JOURNAL", "postgres://db/x")
	if got := DefaultURL(); got != "postgres://db/x" {
		t.Error(got)
	}
	t.Setenv("FLOWBOOK_JOURNAL", "")
	t.Setenv("FLOWBOOK_HOME", filepath.Join(dir, "state"))
	run := MustBegin("three lines", nil)
	must(t, run.Log(0, Metrics{"loss": 1}))
	must(t, run.Finish(nil))
	j, err := OpenDefault()
	must(t, err)
	defer j.Close()
	if r, err := j.Get(context.Background(), run.ID); err != nil || r.Status != Finished || r.Metrics["loss"].Last != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
