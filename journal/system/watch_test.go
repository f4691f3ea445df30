package system

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flowbook/journal"
	"flowbook/journal/record"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) *journal.Journal {
	t.Helper()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	t.Cleanup(func() { j.Close() })
	return j
}

// A run that is watched has what this process takes, each reading at a second of the run, and none after its end.
func TestWatched(t *testing.T) {
	j := open(t)
	run, err := j.Begin(t.Context(), "moons", nil, Watched(Shortest))
	must(t, err)
	must(t, run.Log(1, journal.Metrics{"loss": 3}))
	busy := 0.0
	for until := time.Now().Add(2500 * time.Millisecond); time.Now().Before(until); {
		busy += math.Sqrt(busy + 1)
	}
	must(t, run.Finish(nil))
	r, err := j.Get(t.Context(), run.ID)
	must(t, err)
	for _, name := range []string{"system/cpu_percent", "system/memory_bytes", "system/machine_cpu_percent", "system/machine_memory_bytes"} {
		s := r.Metrics[name]
		if s.Count < 1 || s.First < 1 || !(s.Min > 0) {
			t.Errorf("%s is %+v", name, s)
		}
		if best, _ := s.BestText(name); best != "" {
			t.Errorf("%s has a best value, %s", name, best)
		}
	}
	if most := r.Metrics["system/machine_cpu_percent"].Max; most > 100.5 {
		t.Errorf("all cores together take %v %%", most)
	}
	if got := record.Leading([]*journal.Record{r}, 9); len(got) != 1 || got[0] != "loss" {
		t.Errorf("%q lead", got)
	}
}

// stop ends it, and may be called again; the run goes on.
func TestStop(t *testing.T) {
	j := open(t)
	run, err := j.Begin(t.Context(), "moons", nil)
	must(t, err)
	stop, err := Watch(run, Shortest)
	must(t, err)
	stop()
	stop()
	must(t, run.Log(1, journal.Metrics{"loss": 3}))
	must(t, run.Finish(nil))
	if _, err := Watch(run, time.Millisecond); !errors.Is(err, journal.ErrInvalid) {
		t.Errorf("every millisecond: %v", err)
	}
}

// A replay does not compare them, and a run that goes on from a checkpoint keeps them.
func TestReplayAndResume(t *testing.T) {
	again := false
	journal.Register("watched", journal.Typed("", struct{}{}, func(_ context.Context, run *journal.Run, _ struct{}) error {
		m := journal.Metrics{"system/cpu_percent": 50}
		if again {
			m = journal.Metrics{"system/cpu_percent": 70, "system/memory_bytes": 5}
		}
		return errors.Join(run.Log(1, journal.Metrics{"loss": 3}), run.Log(40, m))
	}))
	j := open(t)
	r, err := journal.Execute(t.Context(), j, "watched", nil)
	must(t, err)
	again = true
	report, err := journal.Replay(t.Context(), j, r.ID)
	must(t, err)
	if !report.Identical || report.Points != 1 {
		t.Errorf("the replay says: %v", report)
	}

	ctx, cancel := context.WithCancel(t.Context())
	run, err := j.Begin(ctx, "moons", nil)
	must(t, err)
	must(t, run.Log(40, journal.Metrics{"loss": 3, "system/cpu_percent": 50}))
	cancel()
	must(t, run.Finish(nil))
	run, err = j.Resume(t.Context(), run.ID) // from the beginning
	must(t, err)
	must(t, run.Log(60, journal.Metrics{"system/cpu_percent": 70}))
	must(t, run.Finish(nil))
	r, err = j.Get(t.Context(), run.ID)
	must(t, err)
	s, err := j.Series(t.Context(), run.ID, "system/cpu_percent")
	must(t, err)
	if len(s.Steps) != 2 || r.Metrics["system/cpu_percent"].Count != 2 || r.Metrics["loss"].Count != 0 {
		t.Errorf("after going on there are seconds %v; the summaries are %+v", s.Steps, r.Metrics)
	}
	report2, err := j.Verify(t.Context())
	must(t, err)
	if len(report2.Problems) > 0 {
		t.Errorf("verify finds %v", report2.Problems)
	}
}

// What nvidia-smi does not know is left out; a GPU has its number.
func TestGPUs(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	says := func(script string) journal.Metrics {
		must(t, os.WriteFile(filepath.Join(folder, "nvidia-smi"), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
		all := journal.Metrics{}
		findGPUs().read(all)
		return all
	}
	got := says(`printf '0, 37, 1024\n1, [N/A], 2\n'`)
	want := journal.Metrics{"system/gpu0_percent": 37, "system/gpu0_memory_bytes": 1 << 30, "system/gpu1_memory_bytes": 2 << 20}
	if len(got) != len(want) {
		t.Errorf("it reads %v", got)
	}
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s is %v, not %v", name, got[name], v)
		}
	}
	if got := says("echo No devices were found; exit 6"); len(got) != 0 {
		t.Errorf("without a GPU it reads %v", got)
	}
}
