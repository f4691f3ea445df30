package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/record"
	"flowbook/journal/sweep"
)

// TestCommandSweep makes a sweep, has it done, and looks at it.
func TestCommandSweep(t *testing.T) {
	s := newShell(t)
	if code, _, errOut := s.call("sweep", "ls"); code != Failed || !strings.Contains(errOut, "there is no journal") {
		t.Errorf("sweeps of no journal: %d %q", code, errOut)
	}
	s.has(s.ok("sweep", "toy", "rate=0.5,1", "seed=1..2", "--dry-run"), "rate  seed", "0.5   2", "4 runs; nothing is written")
	if code, _, _ := s.call("sweep", "ls"); code != Failed {
		t.Error("a dry run wrote a journal")
	}
	made := decoded[sweep.Status](s, "sweep", "toy", "rate=0.5,1", "seed=1..2", "--tag", "wide")
	s.has(s.ok("sweep", "ls"), made.ID, "toy", "4 waiting", "rate=0.5,1 seed=1..2")
	code, out, errOut := s.call("work")
	if code != Done || out != "4 finished, 0 failed here\n" {
		t.Errorf("work: %d %q", code, out)
	}
	s.has(errOut, "rate=0.5 seed=1: began", "rate=1 seed=2: finished after")
	s.has(s.ok("sweep", "show", "last"), "4 runs: 4 finished", "rate  seed  STATE", "loss")
	runs := decoded[[]journal.Record](s, "ls", "--where", "sweep="+made.ID)
	if len(runs) != 4 || runs[0].Tags[0] != "wide" || runs[0].Sweep == nil || runs[0].Sweep.ID != made.ID {
		t.Errorf("%+v", runs)
	}
	s.has(s.ok("show", runs[0].ID), "sweep", made.ID+": rate=0.5,1 seed=1..2")
	s.has(s.ok("show", runs[0].ID, "--output"), "this goes to the run's output")

	if code, out, errOut := s.call("sweep", "toy", "fail=error,no", "--workers", "1", "--retries", "1"); code != Failed || !strings.Contains(errOut, "1 run failed") {
		t.Errorf("a sweep with a failure: %d %q", code, errOut)
	} else {
		s.has(errOut, "retrying: loss is NaN at step 3", "failed: loss is NaN at step 3")
		s.has(out, "2 runs: 1 finished, 1 failed", "failed: loss is NaN at step 3")
	}

	drawn := decoded[sweep.Status](s, "sweep", "toy", "rate=0.1..1:log", "--random", "3")
	again := decoded[sweep.Status](s, "sweep", "toy", "rate=0.1..1:log", "--random", "3", "--seed", fmt.Sprint(drawn.Seed))
	for i, r := range drawn.Runs {
		if r.Values[0] != again.Runs[i].Values[0] {
			t.Errorf("seed %d drew %s and %s", drawn.Seed, r.Values[0], again.Runs[i].Values[0])
		}
	}
	s.has(s.ok("sweep", "ls"), "--random 3 --seed "+fmt.Sprint(drawn.Seed))
	s.has(s.ok("sweep", "cancel", drawn.ID), "3 runs that waited, 0 under way")
	s.has(s.ok("work", "--sweep", again.ID[:5]), again.ID, "3 runs: 3 finished")
	if got := decoded[sweep.Status](s, "sweep", "show", drawn.ID); got.Counts[sweep.StateCancelled] != 3 {
		t.Errorf("after cancel: %v", got.Counts)
	}
}

// TestCommandSweepWrong uses it wrongly: each gets one line and its exit code.
func TestCommandSweepWrong(t *testing.T) {
	s := newShell(t)
	s.ok("run", "toy")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"sweep"}, Usage, "an experiment and settings"},
		{[]string{"sweep", "toi"}, Usage, "journal experiments"},
		{[]string{"sweep", "toy", "rat=1"}, Usage, `did you mean "rate"?`},
		{[]string{"sweep", "toy", "rate=0.1..1"}, Usage, "rate=0.1..1:lin:5"},
		{[]string{"sweep", "toy", "seed=1..500"}, Usage, "--limit 500"},
		{[]string{"sweep", "toy", "seed=1..5", "--seed", "1"}, Usage, "--random"},
		{[]string{"sweep", "toy", "seed=1..5", "--random", "0"}, Usage, "--random 0"},
		{[]string{"sweep", "toy", "seed=1..5", "--workers", "0"}, Usage, "--workers 0"},
		{[]string{"sweep", "toy", "seed=1..5", "--priority", "9"}, Usage, "priority 9"},
		{[]string{"sweep", "toy", "seed=1..5", "--retries", "-1"}, Usage, "--retries -1"},
		{[]string{"sweep", "show"}, Usage, "one sweep"},
		{[]string{"sweep", "show", "nonesuch"}, Failed, "journal sweep ls"},
		{[]string{"sweep", "cancel", "last"}, Failed, "not found"},
		{[]string{"work", "--workers", "0"}, Usage, "--workers 0"},
		{[]string{"work", "--sweep", "nonesuch"}, Failed, "not found"},
	} {
		code, out, errOut := s.call(c.args...)
		if code != c.code || out != "" || !strings.Contains(errOut, c.want) || strings.Count(errOut, "\n") != 1 {
			t.Errorf("journal %q: exit code %d, %q, %q", c.args, code, out, errOut)
		}
	}
	if out := s.ok("work"); out != "0 finished, 0 failed here\n" {
		t.Errorf("work without sweeps: %q", out)
	}
}

// TestCommandSweepStopped ends a sweep by Ctrl-C, and goes on with it.
func TestCommandSweepStopped(t *testing.T) {
	s := newShell(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out bytes.Buffer
	errOut := answerWriter{first: cancel}
	if code := (Program{}).Run(ctx, []string{"sweep", "toy", "seed=1..20", "--workers", "1"}, strings.NewReader(""), &out, &errOut); code != Interrupted {
		t.Errorf("exit code %d, %s", code, errOut.String())
	}
	s.has(errOut.String(), "journal work goes on with what is left")
	s.has(out.String(), "waiting")
	s.has(s.ok("work", "--workers", "4", "--sweep", "last"), "20 runs: 20 finished")
}

// TestCommandCompareSweep compares the combinations of a sweep: the best first, over seeds, as text, JSON and page.
func TestCommandCompareSweep(t *testing.T) {
	s := newShell(t)
	s.ok("run", "toy")
	if code, _, errOut := s.call("compare", "--sweep", "last"); code != Failed || !strings.Contains(errOut, "journal sweep ls") {
		t.Errorf("no sweep: %d %q", code, errOut)
	}
	s.ok("sweep", "toy", "rate=0.5,1,2", "seed=1..3", "--workers", "3")
	made := decoded[[]sweep.Status](s, "sweep", "ls")[0]
	page := filepath.Join(s.dir, "sweep.html")
	text := s.ok("compare", "--sweep", made.ID[:5], "--html", page)
	s.has(text, made.ID+" of toy: rate=0.5,1,2 seed=1..3, 9 runs", "rate  loss")
	if best, worst := strings.Index(text, "\n2     4.54e-05 ± 0"), strings.Index(text, "\n0.5   0.082085 ± 0"); best < 0 || worst < best {
		t.Errorf("the best is not first, or the means are wrong, in\n%s", text)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	s.has(string(html), "<svg", "Sweep of toy", "rate=2: loss 4.54e-05", made.ID)
	got := decoded[struct {
		Sweep  record.Sweep
		Groups []struct {
			Mean float64
			Runs []string
		}
	}](s, "compare", "--sweep", "last", "--metric", "loss.max")
	if got.Sweep.ID != made.ID || len(got.Groups) != 3 || got.Groups[0].Mean != 1 || len(got.Groups[2].Runs) != 3 {
		t.Errorf("%+v", got)
	}
	whole := filepath.Join(s.dir, "page.html")
	s.ok("export", "--out", whole)
	if html, err = os.ReadFile(whole); err != nil {
		t.Fatal(err)
	}
	s.has(string(html), `id="sweep-`+made.ID+`"`, "rate=2: loss 4.54e-05")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"compare", "--sweep", "last", "last"}, Usage, "takes no runs"},
		{[]string{"compare", "last", "last~1", "--metric", "loss"}, Usage, "--sweep"},
		{[]string{"compare", "--sweep", "last", "--metric", "acc"}, Failed, `"loss"`},
		{[]string{"compare", "--sweep", "zz"}, Failed, "not found"},
	} {
		if code, _, errOut := s.call(c.args...); code != c.code || !strings.Contains(errOut, c.want) {
			t.Errorf("journal %q: %d %q", c.args, code, errOut)
		}
	}
}
