package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flowbook/journal/spool"
)

// TestDamagedSpool recovers a dead run whose write-ahead file has a flipped bit, and lies there twice: the rest comes in once, the file is kept, and verify says so.
func TestDamagedSpool(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.Finish(nil))
	s := spool.New(j.at.Spool, run.ID, 1)
	for i := range 100 {
		must(t, s.Append(&spool.Record{Seq: int64(i + 1), At: time.Now().UnixMicro(), Step: int64(i), Names: []string{"loss"}, Values: []float64{float64(i)}}))
	}
	s.Rotate()
	file := filepath.Join(j.at.Spool, run.ID+".1.1.spool")
	data, err := os.ReadFile(file)
	must(t, err)
	data[len(data)/10] ^= 4
	must(t, os.WriteFile(file, data, 0o644))
	must(t, os.WriteFile(filepath.Join(j.at.Spool, run.ID+".1.7.spool"), data, 0o644)) // a copy that somebody made
	tamper(t, j, "UPDATE attempt SET pid = 0, pid_start = '' WHERE run = ?", run.ID)
	must(t, j.recoverSpools(ctx))
	if got, err := j.Series(ctx, run.ID, "loss"); err != nil || got.Len() != 99 {
		t.Errorf("%d points of 99 came in, %v", got.Len(), err)
	}
	if kept, err := os.ReadFile(file + spool.DamagedEnd); err != nil || !bytes.Equal(kept, data) {
		t.Errorf("the file is not kept: %v", err)
	}
	report, err := j.Repair(ctx)
	must(t, err)
	if report.OK() || !strings.Contains(report.String(), file+spool.DamagedEnd) {
		t.Errorf("verify: %s", report)
	}
}

// TestTakenForDead has another container take a run for dead that was only stopped.
func TestTakenForDead(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.Log(0, Metrics{"loss": 0}))
	must(t, run.Flush())
	elsewhere := func(boot string) {
		tamper(t, j, "UPDATE attempt SET boot = ?, heartbeat = ? WHERE run = ?", boot, time.Now().UnixMicro()-65e6, run.ID)
		who := j.self
		who.boot = boot
		must(t, os.WriteFile(spool.LifeFile(j.at.Spool, run.ID, 1), []byte(who.String()), 0o644))
	}
	look := func() Status {
		other, err := Open(j.at.Path)
		must(t, err)
		defer other.Close()
		r, err := other.Get(ctx, run.ID)
		must(t, err)
		return r.Status
	}
	kernel, _, _ := strings.Cut(j.self.boot, " ")
	hold := func() { run.writer.flushing.Lock() } // the process is stopped
	goOn := func() { run.writer.flushing.Unlock() }
	hold()
	elsewhere(kernel + " pid:[1]")
	must(t, run.Log(1, Metrics{"loss": 1}))
	if s := look(); s != Running {
		t.Errorf("a stopped run in another container is %s", s)
	}
	if files, _ := filepath.Glob(filepath.Join(j.at.Spool, "*.spool")); len(files) == 0 {
		t.Error("its spool was taken")
	}
	goOn()
	must(t, run.Flush())
	hold()
	elsewhere("another kernel")
	must(t, os.Remove(spool.LifeFile(j.at.Spool, run.ID, 1))) // no locks on this file system
	must(t, run.Log(2, Metrics{"loss": 2}))
	look()
	if files, _ := filepath.Glob(filepath.Join(j.at.Spool, "*.spool")); len(files) > 0 {
		t.Error("of a silent run on another machine, the spool was not taken")
	}
	goOn()
	for i := 3; i < 6; i++ {
		must(t, run.Log(i, Metrics{"loss": float64(i)}))
		must(t, run.Flush())
	}
	must(t, run.Finish(nil))
	s, err := j.Series(ctx, run.ID, "loss")
	must(t, err)
	if fmt.Sprint(s.Values) != "[0 1 2 3 4 5]" {
		t.Errorf("the values are %v", s.Values)
	}
	if report, err := j.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("verify: %s %v", report, err)
	}
	if left, _ := os.ReadDir(j.at.Spool); len(left) > 0 {
		t.Errorf("%d files are left in the spool", len(left))
	}
	run, err = j.Begin(ctx, "x", nil)
	must(t, err)
	tamper(t, j, "INSERT INTO attempt SELECT run, 2, from_step, host, boot, pid, pid_start, started, heartbeat, 0, NULL FROM attempt WHERE run = ?", run.ID)
	if err := run.Finish(nil); !errors.Is(err, ErrRunning) {
		t.Errorf("a run that was resumed elsewhere: %v", err)
	}
}

// TestDiesWhileOpen has a run die while this process has the journal open: its last steps are seen, and it can be resumed once.
func TestDiesWhileOpen(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	a := killOnce(t, j.at.Path, 20*time.Millisecond, false)
	a.check(t, j)
	run, err := j.Resume(ctx, a.run)
	must(t, err)
	must(t, run.Finish(nil))
}

// TestOddPath opens a journal whose path holds what a URL treats specially.
func TestOddPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%20é[x]*", "j ournal%.db")
	j, err := Open(path)
	must(t, err)
	run, err := j.Begin(context.Background(), "x", nil)
	must(t, err)
	must(t, run.Log(1, Metrics{"m": 1}))
	must(t, j.Close())
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	j, err = Open("sqlite:" + path)
	must(t, err)
	defer j.Close()
	if s, err := j.Series(context.Background(), run.ID, "m"); err != nil || s.Len() != 1 {
		t.Errorf("%d points, %v", s.Len(), err)
	}
}
