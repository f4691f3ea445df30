package journal

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flowbook/journal/spool"
)

// TestDamagedGoes demands that what was put aside as damaged stays as long as it is the only one, and then goes with gc.
func TestDamagedGoes(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.ArtifactBytes("a", "", []byte("whole")))
	must(t, run.Finish(nil))
	rec, err := j.Get(ctx, run.ID)
	must(t, err)
	key := blobKey(rec.Artifacts[0].Digest)
	file := filepath.Join(j.at.Artifacts, key)
	must(t, os.WriteFile(file, []byte("broken"), 0o644))
	_, err = j.Repair(ctx)
	must(t, err)
	old := time.Now().Add(-2 * fresh)
	aside := file + spool.DamagedEnd
	must(t, os.Chtimes(aside, old, old))
	spooled := filepath.Join(j.at.Spool, run.ID+".1.1.spool"+spool.DamagedEnd)
	must(t, os.MkdirAll(j.at.Spool, 0o755))
	must(t, os.WriteFile(spooled, []byte("some"), 0o644))
	gc := func(wantArtifact, wantSpool bool) {
		t.Helper()
		_, err := j.GC(ctx, 0)
		must(t, err)
		_, errA := os.Stat(aside)
		_, errS := os.Stat(spooled)
		if (errA == nil) != wantArtifact || (errS == nil) != wantSpool {
			t.Errorf("there are the artifact %v and the spool file %v; want %v and %v", errA == nil, errS == nil, wantArtifact, wantSpool)
		}
	}
	gc(true, true)
	_, err = j.PutArtifact(ctx, []byte("whole"))
	must(t, err)
	gc(false, true)
	must(t, j.Remove(ctx, run.ID))
	gc(false, false)
}
