//go:build unix

package command

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"flowbook/journal"
)

// TestMain is the command itself where a test starts this binary as one.
func TestMain(m *testing.M) {
	if os.Getenv("JOURNAL_COMMAND") != "" {
		journal.Register("deaf", journal.Typed("heeds no signal", struct{}{}, func(_ context.Context, run *journal.Run, _ struct{}) error {
			if err := run.Log(7, journal.Metrics{"loss": 1}); err != nil {
				return err
			}
			println("deaf")
			time.Sleep(time.Hour)
			return nil
		}))
		journal.Register("quits", journal.Typed("ends its goroutine", struct{}{}, func(context.Context, *journal.Run, struct{}) error {
			runtime.Goexit()
			return nil
		}))
		Main(Program{})
	}
	os.Exit(m.Run())
}

// TestGoexit runs an experiment that ends its goroutine, as t.FailNow does: the program ends too, and the run has failed.
func TestGoexit(t *testing.T) {
	s := newShell(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, os.Args[0], "run", "quits")
	cmd.Env = append(os.Environ(), "JOURNAL_COMMAND=1")
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != Failed {
		t.Errorf("%v: %s", err, out)
	}
	if runs := decoded[[]journal.Record](s, "ls"); len(runs) != 1 || runs[0].Status != journal.Failed || !strings.Contains(runs[0].Error, "Goexit") {
		t.Errorf("the journal has %+v", runs)
	}
}

// TestPanicIsALine prints what an experiment panics with, and not its stack, which show has.
func TestPanicIsALine(t *testing.T) {
	s := newShell(t)
	code, _, errOut := s.call("run", "toy", "fail=panic")
	if code != Failed || !strings.Contains(errOut, "panic: at step 3") || strings.Contains(errOut, "goroutine") {
		t.Errorf("exit code %d, %s", code, errOut)
	}
	s.has(s.ok("show", "last"), "panic: at step 3", "goroutine")
	for text, want := range map[string]string{
		"red \x1b[31m\xff\r\nand\tmore":    "red [31m\uFFFD; and more",
		strings.Repeat("x", 1e6):           strings.Repeat("x", 4000) + "… (996000 bytes more)",
		"x" + strings.Repeat("€", 2000):    "x" + strings.Repeat("€", 1333) + "… (2001 bytes more)",
		"xx" + strings.Repeat("€", 2000):   "xx" + strings.Repeat("€", 1332) + "… (2004 bytes more)",
		strings.Repeat("\x80", 5000) + "x": "\uFFFD" + "… (1005 bytes more)",
	} {
		if got := oneLine(errors.New(text)); got != want {
			t.Errorf("%.50q is printed as %.200q", text, got)
		}
	}
}

// TestSecondSignal interrupts an experiment that does not look at its context, twice: the second ends the program, and what was logged is there.
func TestSecondSignal(t *testing.T) {
	s := newShell(t)
	cmd := exec.Command(os.Args[0], "run", "deaf")
	cmd.Env = append(os.Environ(), "JOURNAL_COMMAND=1", "TMPDIR="+t.TempDir())
	cmd.Dir = s.dir
	said, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(said).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for interrupts := 0; ; interrupts++ {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		select {
		case <-ended:
		case <-time.After(100 * time.Millisecond):
			if interrupts < 100 {
				continue
			}
			cmd.Process.Kill()
			t.Error("a hundred interrupts have not ended it")
		}
		break
	}
	runs := decoded[[]journal.Record](s, "ls")
	if len(runs) != 1 || runs[0].Status != journal.Interrupted || runs[0].Metrics["loss"].LastStep != 7 {
		t.Errorf("the journal has %+v", runs)
	}
}
