package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTrash removes, restores and collects runs with their artifacts.
func TestTrash(t *testing.T) { testTrash(t) }

func testTrash(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	begin := func(bytes string) string {
		run, err := j.Begin(ctx, "x", nil)
		must(t, err)
		must(t, run.Log(1, Metrics{"m": 1}))
		must(t, run.ArtifactBytes("a", "", []byte(bytes)))
		must(t, run.ArtifactBytes("shared", "", []byte("shared")))
		must(t, run.Finish(nil))
		return run.ID
	}
	kept, gone := begin("kept"), begin("gone")
	_, err := j.Write(ctx, Entry{Body: "both", Runs: []string{kept, gone}})
	must(t, err)
	must(t, j.Remove(ctx, gone))
	list := func(q Query) int {
		runs, err := j.Runs(ctx, q)
		must(t, err)
		return len(runs)
	}
	if list(Query{}) != 1 || list(Query{Trash: true}) != 1 {
		t.Errorf("%d listed, %d in the trash", list(Query{}), list(Query{Trash: true}))
	}
	if c, err := j.GC(ctx, time.Hour); err != nil || c.Runs != 0 {
		t.Errorf("gc of what is older than an hour: %+v, %v", c, err)
	}
	must(t, j.Restore(ctx, gone))
	if err := j.Restore(ctx, gone); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "in the trash") {
		t.Errorf("restored %s, which is not in the trash: %v", gone, err)
	}
	if list(Query{}) != 2 {
		t.Errorf("%d listed after restore", list(Query{}))
	}
	rec, err := j.Get(ctx, gone)
	must(t, err)
	must(t, j.Remove(ctx, gone))
	if c, err := j.GCDryRun(ctx, 0); err != nil || c.Runs != 1 || list(Query{Trash: true}) != 1 {
		t.Errorf("a dry gc: %+v, %v; %d are in the trash after it", c, err, list(Query{Trash: true}))
	}
	if c, err := j.GC(ctx, 0); err != nil || c.Runs != 1 || c.Artifacts != 0 {
		t.Errorf("gc: %+v, %v; artifacts younger than an hour must stay", c, err)
	}
	if _, err := j.Get(ctx, gone); !errors.Is(err, ErrNotFound) {
		t.Errorf("collected run: %v", err)
	}
	must(t, filepath.Walk(j.at.Artifacts, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			err = os.Chtimes(path, time.Now().Add(-2*fresh), time.Now().Add(-2*fresh))
		}
		return err
	}))
	must(t, j.Remove(ctx, kept))
	if dry, err := j.GCDryRun(ctx, 0); err != nil || dry.Runs != 1 || dry.Bytes < 14 || dry.Artifacts < 3 {
		t.Errorf("a dry gc of both runs: %+v, %v", dry, err)
	}
	must(t, j.Restore(ctx, kept))
	c, err := j.GC(ctx, 0)
	must(t, err)
	if c.Artifacts != 1 || c.Bytes != 4 {
		t.Errorf("gc of old artifacts: %+v, want the 4 bytes of one", c)
	}
	var lost []string
	for _, a := range rec.Artifacts {
		if _, err := j.ReadArtifact(ctx, a.Digest); err != nil {
			lost = append(lost, a.Name)
		}
	}
	if len(lost) != 1 || lost[0] != "a" {
		t.Errorf("artifacts gone: %v, want a only: another run names shared", lost)
	}
	if e, err := j.Entries(ctx); err != nil || len(e) != 1 || len(e[0].Runs) != 1 {
		t.Errorf("the entry: %+v, %v", e, err)
	}
}

// TestArtifactsOfAnother refuses a folder of artifacts that another journal has.
func TestArtifactsOfAnother(t *testing.T) {
	dir := t.TempDir()
	shared := "?artifacts=" + filepath.Join(dir, "shared")
	for range 2 {
		j, err := Open(filepath.Join(dir, "a.db") + shared)
		must(t, err)
		must(t, j.Close())
	}
	if _, err := Open(filepath.Join(dir, "b.db") + shared); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "another journal") {
		t.Errorf("%v", err)
	}
	if _, err := Open(filepath.Join(dir, "c.db") + "?artifacts=s3:/bucket"); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "two slashes") {
		t.Errorf("%v", err)
	}
	if _, err := Open(filepath.Join(dir, "c.db") + "?artifacts=s3://bucket"); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), `import _ "flowbook/journal/s3"`) {
		t.Errorf("%v", err)
	}
}

// TestArtifactsInBucket keeps artifacts in a bucket that a URL names, as S3's and Google's are.
func TestArtifactsInBucket(t *testing.T) {
	ctx := context.Background()
	j, err := Open(filepath.Join(t.TempDir(), "journal.db") + "?artifacts=mem://bucket")
	must(t, err)
	defer j.Close()
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.ArtifactBytes("a", "", []byte("bytes")))
	must(t, run.Finish(nil))
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	if data, err := j.ReadArtifact(ctx, r.Artifacts[0].Digest); err != nil || string(data) != "bytes" {
		t.Errorf("%q, %v", data, err)
	}
	if report, err := j.Verify(ctx); err != nil || !report.OK() || report.Artifacts == 0 {
		t.Errorf("%s, %v", report, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(j.at.Path)); len(entries) > 5 { // four of the database, and the spool
		t.Errorf("files beside the journal: %v", entries)
	}
}

// TestArtifactsOfTheirOwn has two journals whose names differ only in their ending: each has a folder of its own, also where an earlier
// version let them share one.
func TestArtifactsOfTheirOwn(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	record := func(name, text string) (string, string) {
		j, err := Open(filepath.Join(dir, name))
		must(t, err)
		defer j.Close()
		run, err := j.Begin(ctx, "x", nil)
		must(t, err)
		must(t, run.ArtifactBytes("a", "", []byte(text)))
		must(t, run.Finish(nil))
		return run.ID, j.at.Artifacts
	}
	_, first := record("runs.db", "first")
	_, second := record("runs.sqlite", "second")
	if first == second {
		t.Errorf("both have %s", first)
	}
	must(t, os.Remove(filepath.Join(dir, "runs.artifacts", "JOURNAL"))) // as an earlier version left it
	must(t, filepath.WalkDir(second, func(p string, d fs.DirEntry, err error) error {
		to := filepath.Join(dir, "runs.artifacts", strings.TrimPrefix(p, second))
		if _, there := os.Stat(to); err != nil || there == nil || d.Name() == owner {
			return err
		}
		if d.IsDir() {
			return os.Mkdir(to, 0o755)
		}
		return os.Rename(p, to)
	}))
	must(t, os.RemoveAll(second))
	for _, name := range []string{"runs.db", "runs.sqlite", "runs.db"} {
		j, err := Open(filepath.Join(dir, name))
		must(t, err)
		old := time.Now().Add(-2 * fresh)
		must(t, filepath.WalkDir(j.at.Artifacts, func(p string, d fs.DirEntry, err error) error { return errors.Join(err, os.Chtimes(p, old, old)) }))
		_, err = j.GC(ctx, 0)
		must(t, err)
		if report, err := j.Verify(ctx); err != nil || !report.OK() || report.Artifacts == 0 {
			t.Errorf("%s: %s, %v", name, report, err)
		}
		must(t, j.Close())
	}
	// A journal that is renamed with its folder keeps it.
	for _, end := range []string{".db", ".db.artifacts"} {
		must(t, os.Rename(filepath.Join(dir, "runs"+end), filepath.Join(dir, "moved"+end)))
	}
	j, err := Open(filepath.Join(dir, "moved.db"))
	must(t, err)
	defer j.Close()
	if report, err := j.Verify(ctx); err != nil || !report.OK() || report.Artifacts == 0 {
		t.Errorf("moved: %s, %v", report, err)
	}
}

// TestCopyWhole copies a journal with its artifacts, also beside itself.
func TestCopyWhole(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	j, err := Open(filepath.Join(dir, "runs.db"))
	must(t, err)
	defer j.Close()
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.ArtifactBytes("a", "", []byte("bytes")))
	must(t, run.Finish(nil))
	for _, to := range []string{"runs.copy", "sub/other.db"} {
		to = filepath.Join(dir, to)
		must(t, os.MkdirAll(filepath.Dir(to), 0o755))
		must(t, j.Copy(ctx, to))
		copied, err := Open(to)
		must(t, err)
		if copied.at.Artifacts == j.at.Artifacts {
			t.Errorf("%s shares the artifacts", to)
		}
		if report, err := copied.Verify(ctx); err != nil || !report.OK() || report.Artifacts == 0 {
			t.Errorf("%s: %s, %v", to, report, err)
		}
		must(t, copied.Close())
		if err := j.Copy(ctx, to); !errors.Is(err, ErrInvalid) {
			t.Errorf("a copy onto a copy: %v", err)
		}
	}
	if report, err := j.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("the original: %s, %v", report, err)
	}
}
