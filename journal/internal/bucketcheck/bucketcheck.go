// Package bucketcheck asks of an artifact store what a journal needs of it. The tests of the stores share it.
package bucketcheck

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/artifact"
)

// Check keeps a run's artifacts in the bucket at a URL, and wants all back: small and large ones, a folder, a checkpoint to resume from.
// Another journal must be refused, and what is lost or damaged there named.
func Check(t *testing.T, url string) {
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func(name string) (*journal.Journal, error) {
		return journal.Open(filepath.Join(t.TempDir(), name) + "?artifacts=" + url)
	}
	path := filepath.Join(t.TempDir(), "journal.db") + "?artifacts=" + url
	j, err := journal.Open(path)
	must(err)
	folder := t.TempDir()
	must(os.MkdirAll(filepath.Join(folder, "layers"), 0o755))
	must(os.WriteFile(filepath.Join(folder, "layers", "w.bin"), []byte{1, 2, 3}, 0o644))
	large := bytes.Repeat([]byte("a large artifact, sent in parts\n"), 17<<20/32)
	run, err := j.Begin(ctx, "stored", map[string]int{"n": 1})
	must(err)
	must(run.Figure("curve", "image/svg+xml", []byte("<svg/>")))
	must(run.ArtifactBytes("large", "", large))
	must(run.ArtifactBytes("empty", "", nil))
	must(run.Checkpoint(3, folder))
	must(run.Finish(new(errors.New("stopped"))))
	must(j.Close())

	j, err = journal.Open(path)
	must(err)
	defer j.Close()
	run, err = j.Resume(ctx, run.ID)
	must(err)
	back := t.TempDir()
	if step, ok, err := run.Restore(back); step != 3 || !ok || err != nil {
		t.Errorf("the checkpoint of step %d comes back: %v, %v", step, ok, err)
	}
	if b, err := os.ReadFile(filepath.Join(back, "layers", "w.bin")); err != nil || !bytes.Equal(b, []byte{1, 2, 3}) {
		t.Errorf("the folder's file comes back as %v, %v", b, err)
	}
	must(run.Finish(nil))
	r, err := j.Get(ctx, run.ID)
	must(err)
	digests := map[string]string{r.Figures[0].Name: r.Figures[0].Digest}
	for _, a := range r.Artifacts {
		digests[a.Name] = a.Digest
	}
	for name, want := range map[string][]byte{"curve": []byte("<svg/>"), "large": large, "empty": nil} {
		if got, err := j.ReadArtifact(ctx, digests[name]); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s comes back with %d bytes of %d, %v", name, len(got), len(want), err)
		}
	}
	if report, err := j.Verify(ctx); err != nil || !report.OK() || report.Artifacts < 4 {
		t.Errorf("verify: %s, %v", report, err)
	}
	if _, err := j.GC(ctx, 0); err != nil {
		t.Errorf("gc: %v", err)
	}
	if other, err := open("other.db"); err == nil || !strings.Contains(err.Error(), "another journal") {
		t.Errorf("another journal opens the bucket: %v, %v", other, err)
	}

	bucket, err := artifact.Open(ctx, url)
	must(err)
	defer bucket.Close()
	key := func(name string) string { return digests[name][:2] + "/" + digests[name] }
	must(bucket.Delete(ctx, key("curve")))
	must(bucket.Put(ctx, key("large"), strings.NewReader("damaged")))
	if _, err := j.ReadArtifact(ctx, digests["curve"]); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("a lost figure: %v", err)
	}
	if _, err := j.ReadArtifact(ctx, digests["large"]); !errors.Is(err, journal.ErrCorrupt) {
		t.Errorf("a damaged artifact: %v", err)
	}
	report, err := j.Repair(ctx)
	must(err)
	text := report.String()
	if len(report.Problems) != 2 || !strings.Contains(text, `figure "curve", sha256 `) || !strings.Contains(text, `"large" have another digest`) {
		t.Errorf("verify: %s", text)
	}
	must(j.AddArtifactBytes(ctx, run.ID, "large", "", large)) // recorded again, it is whole
	if got, err := j.ReadArtifact(ctx, digests["large"]); err != nil || !bytes.Equal(got, large) {
		t.Errorf("the artifact that was damaged comes back with %d bytes, %v", len(got), err)
	}
}
