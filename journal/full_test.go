//go:build linux

package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func init() {
	children["full"] = childFull
	children["output"] = childOutput
}

// childFull logs until the disk is full, frees nothing, and ends. JOURNAL_LIMIT is the most bytes a file may have; 0: no limit of its own.
func childFull(url string) error {
	limit, err := strconv.ParseUint(os.Getenv("JOURNAL_LIMIT"), 10, 64)
	if err != nil {
		return err
	}
	if limit > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return err
		}
	}
	j, err := Open(url)
	if err != nil {
		return err
	}
	run, err := j.Begin(context.Background(), "full", nil)
	if err != nil {
		return err
	}
	fmt.Println("run", run.ID)
	if err := run.ArtifactBytes("big", "", bytes.Repeat([]byte("0123456789abcdef"), 1<<18)); !errors.Is(err, ErrFull) {
		return fmt.Errorf("an artifact of 4 MiB on a full disk: %v", err)
	}
	databaseFull := false
	for step := range 10_000_000 {
		err := run.Log(step, Metrics{"loss": value(step), "acc": -value(step)})
		if errors.Is(err, ErrFull) && strings.Contains(err.Error(), "is not kept") {
			fmt.Println("full", step)
			if err := run.Finish(nil); !errors.Is(err, ErrFull) {
				return fmt.Errorf("Finish on a full disk: %v", err)
			}
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Println("step", step)
		if step%100 != 0 || databaseFull {
			continue
		}
		if err := run.Flush(); errors.Is(err, ErrFull) {
			databaseFull = true // from here on the steps wait in the spool
		} else if err != nil {
			return err
		}
	}
	return errors.New("the disk was never full")
}

// TestFullDisk fills a disk under a logging child, once by a limit on the size of files, and once really, on a small tmpfs. What was
// acknowledged must be there when there is room again.
func TestFullDisk(t *testing.T) {
	t.Run("limit", func(t *testing.T) { fillDisk(t, t.TempDir(), 2<<20, func() {}) })
	t.Run("tmpfs", func(t *testing.T) {
		dir := t.TempDir()
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
			t.Skipf("no tmpfs can be mounted here (%v); the limit on files was tested", err)
		}
		defer unix.Unmount(dir, unix.MNT_DETACH)
		fillDisk(t, dir, 0, func() { must(t, unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=100m")) })
	})
}

func fillDisk(t *testing.T, dir string, limit int, free func()) {
	url := filepath.Join(dir, "journal.db")
	cmd := child("full", url)
	cmd.Env = append(cmd.Env, "JOURNAL_LIMIT="+strconv.Itoa(limit))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("child: %v\n%s%s", err, lastLines(out), stderr.String())
	}
	a := parseAcks(t, out)
	if a.step < 1000 || !bytes.Contains(out, []byte("\nfull")) {
		t.Fatalf("the child logged up to step %d: %s", a.step, lastLines(out))
	}
	full, err := Open(url) // to see what may go
	must(t, err)
	if _, err := full.Get(context.Background(), a.run); err != nil {
		t.Errorf("on the full disk: %v", err)
	}
	if _, err := full.GC(context.Background(), 0); err != nil {
		t.Errorf("to free space on the full disk: %v", err)
	}
	must(t, full.Close())
	free()
	j, err := Open(url)
	must(t, err)
	defer j.Close()
	a.check(t, j)
	report, err := j.Verify(context.Background())
	must(t, err)
	if !report.OK() {
		t.Errorf("verify: %s", report)
	}
	t.Logf("full at step %d, all there; the child said: %s", a.step+1, bytes.TrimSpace(stderr.Bytes()))
}

func lastLines(out []byte) []byte { return out[max(0, len(out)-300):] }

// childOutput writes to standard output and error in every way while a run captures them, and at last panics.
func childOutput(url string) error {
	j, err := Open(url)
	if err != nil {
		return err
	}
	run, err := j.Begin(context.Background(), "output", nil, WithOutput())
	if err != nil {
		return err
	}
	if _, err := j.Begin(context.Background(), "second", nil, WithOutput()); err == nil {
		return errors.New("two runs capture the output")
	}
	fmt.Println("from Go")
	echo := exec.Command("sh", "-c", "echo from a child; echo to error >&2")
	echo.Stdout, echo.Stderr = os.Stdout, os.Stderr
	if err := echo.Run(); err != nil {
		return err
	}
	os.Stdout.Write([]byte("not UTF-8 \xff\n"))
	if err := run.Finish(nil); err != nil {
		return err
	}
	fmt.Println("after Finish")
	run, err = j.Begin(context.Background(), "crash", nil, WithOutput())
	if err != nil {
		return err
	}
	run.Log(1, Metrics{"m": 1})
	go panic("crash in another goroutine")
	select {}
}

// TestOutput captures the output of a child, which must also appear where it went before.
func TestOutput(t *testing.T) {
	ctx := context.Background()
	url := filepath.Join(t.TempDir(), "journal.db")
	cmd := child("output", url)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if cmd.Run() == nil {
		t.Error("the child did not crash")
	}
	if want := "from Go\nfrom a child\nnot UTF-8 \xff\nafter Finish\n"; stdout.String() != want {
		t.Errorf("standard output %q, want %q", stdout.String(), want)
	}
	if !strings.HasPrefix(stderr.String(), "to error\n") || !strings.Contains(stderr.String(), "crash in another goroutine") {
		t.Errorf("standard error %q", stderr.String())
	}
	j, err := Open(url)
	must(t, err)
	defer j.Close()
	runs, err := j.Runs(ctx, Query{Experiment: "output"})
	must(t, err)
	out, err := j.Output(ctx, runs[0].ID)
	must(t, err)
	streams := map[int]string{}
	for _, o := range out {
		streams[o.Stream] += string(o.Text)
	}
	if streams[1] != "from Go\nfrom a child\nnot UTF-8 \xff\n" || streams[2] != "to error\n" {
		t.Errorf("captured %v", streams)
	}
	runs, err = j.Runs(ctx, Query{Experiment: "crash"})
	must(t, err)
	if runs[0].Status != Interrupted || runs[0].Metrics["m"].Count != 1 {
		t.Errorf("crashed run: %s, %v", runs[0].Status, runs[0].Metrics)
	}
}
