package journal

import (
	"bytes"
	"context"
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flowbook/journal/fault"
)

// TestPowerCut takes the database as it is on the disk when the power is cut: what was synced by a Flush, then any part of what was written
// after, torn or overwritten with rubbish. The spool, which is not synced, is gone. All that was logged before the Flush must be there.
func TestPowerCut(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "cut", nil)
	must(t, err)
	const synced = 500
	for step := range synced {
		must(t, run.Log(step, Metrics{"m": value(step)}))
	}
	must(t, run.FigureAt(1, "f", "text/plain", []byte("figure")))
	must(t, run.Flush())
	read := func(suffix string) []byte {
		b, err := os.ReadFile(j.at.Path + suffix)
		must(t, err)
		return b
	}
	base, safe := read(""), len(read("-wal"))
	for step := synced; step < 2*synced; step++ {
		must(t, run.Log(step, Metrics{"m": value(step)}))
		if step%50 == 0 {
			must(t, run.Flush())
		}
	}
	wal := read("-wal")
	if !bytes.Equal(base, read("")) || len(wal) <= safe {
		t.Fatalf("the log of %d bytes, %d of them synced, was brought into the database meanwhile", len(wal), safe)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		at := safe + rng.IntN(len(wal)-safe+1)
		torn := bytes.Clone(wal[:at])
		for range rng.IntN(5000) {
			torn = append(torn, byte(rng.Uint32()))
		}
		path := filepath.Join(t.TempDir(), "journal.db")
		must(t, os.WriteFile(path, base, 0o644))
		must(t, os.WriteFile(path+"-wal", torn, 0o644))
		must(t, os.CopyFS(filepath.Join(filepath.Dir(path), "journal.artifacts"), os.DirFS(j.at.Artifacts)))
		after, err := Open(path)
		must(t, err)
		s, err := after.Series(ctx, run.ID, "m")
		if err != nil || s.Len() < synced {
			t.Fatalf("cut at byte %d of %d: %d points, %v", at, len(wal), s.Len(), err)
		}
		for i := range s.Len() {
			if s.Steps[i] != i || s.Values[i] != value(i) {
				t.Fatalf("cut at byte %d: point %d is step %d, value %v", at, i, s.Steps[i], s.Values[i])
			}
		}
		if report, err := after.Verify(ctx); err != nil || !report.OK() {
			t.Errorf("cut at byte %d: %s, %v", at, report, err)
		}
		must(t, after.Close())
	}
	must(t, run.Finish(nil))
}

// TestSynced asks SQLite for the settings that a power cut is survived with.
func TestSynced(t *testing.T) {
	j := openTemp(t)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		var got string
		must(t, database(t, j.at).QueryRow("PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
}

// TestFlushesByItself logs a step and waits until another program would see it.
func TestFlushesByItself(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.Log(1, Metrics{"m": 1}))
	other, err := Open(j.at.Path)
	must(t, err)
	defer other.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if r, err := other.Get(ctx, run.ID); err == nil && r.Metrics["m"].Count == 1 {
			break
		} else if err != nil || time.Now().After(deadline) {
			t.Fatalf("the step is not there: %v", err)
		}
	}
	must(t, run.Finish(nil))
}

// TestVerifyFile damages the database file itself.
func TestVerifyFile(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	path := j.at.Path
	for range 20 {
		run, err := j.Begin(ctx, "x", map[string][]byte{"filler": bytes.Repeat([]byte{1}, 4000)})
		must(t, err)
		must(t, run.Log(1, Metrics{"m": 1}))
		must(t, run.Finish(nil))
	}
	must(t, j.Close())
	db, err := sql.Open("sqlite", path) // with foreign keys off, as another program has it
	must(t, err)
	_, err = db.Exec("INSERT INTO run_tag (run, tag) VALUES ('gone000000', 'orphan')")
	must(t, err)
	must(t, db.Close())
	j, err = Open(path)
	must(t, err)
	report, err := j.Verify(ctx)
	must(t, err)
	if text := report.String(); report.OK() || len(report.Problems) != 1 || !bytes.Contains([]byte(text), []byte("of table run_tag names a run that is not there")) {
		t.Errorf("a tag without a run: %s", text)
	}
	must(t, j.Close())

	whole, err := os.ReadFile(path)
	must(t, err)
	for page := 8; page < len(whole)/4096; page += 5 {
		rotten := bytes.Clone(whole)
		for i := range 4096 {
			rotten[page*4096+i] ^= 0x5a
		}
		must(t, os.WriteFile(path, rotten, 0o644))
		j, err := Open(path)
		if err == nil {
			report, err = j.Verify(ctx)
			j.Close()
		}
		if err == nil && len(report.Problems) < 2 { // the orphan is one
			t.Errorf("page %d is rubbish: %s", page, report)
		} else if err != nil && !fault.Known(err) {
			t.Errorf("page %d is rubbish: %v", page, err)
		}
	}
}
