package journal

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkLog is what a step of two metrics costs the training goroutine.
func BenchmarkLog(b *testing.B) {
	run, err := openTemp(b).Begin(context.Background(), "bench", nil)
	must(b, err)
	b.ReportAllocs()
	step := 0
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		must(b, run.Log(step, Metrics{"loss": float64(step), "bpd": float64(step)}))
		took = append(took, time.Since(start))
		step++
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds()), "max-ns")
	must(b, run.Finish(nil))
}

// millionPoints makes a journal of one run with 10 metrics of 100,000 points, and returns its path and the run's id.
func millionPoints(b testing.TB) (path, id string) {
	path = filepath.Join(b.TempDir(), "journal.db")
	j, err := Open(path)
	must(b, err)
	run, err := j.Begin(context.Background(), "million", nil)
	must(b, err)
	for step := range 100_000 {
		m := Metrics{}
		for k := range 10 {
			m[fmt.Sprint("m", k)] = math.Sin(float64(step*k) / 1e4)
		}
		must(b, run.Log(step, m))
	}
	must(b, run.Finish(nil))
	must(b, j.Close())
	return path, run.ID
}

// BenchmarkMillionPoints opens a journal of a million points, lists its runs and loads all points.
func BenchmarkMillionPoints(b *testing.B) {
	ctx := context.Background()
	path, id := millionPoints(b)
	for b.Loop() {
		j, err := Open(path)
		must(b, err)
		_, err = j.Runs(ctx, Query{})
		must(b, err)
		all, err := j.AllSeries(ctx, id)
		must(b, err)
		points := 0
		for _, s := range all {
			points += s.Len()
		}
		if points != 1_000_000 {
			b.Fatalf("%d points", points)
		}
		must(b, j.Close())
	}
}

// BenchmarkRuns lists 1,000 runs of 9 metrics with a filter and an order.
func BenchmarkRuns(b *testing.B) {
	ctx := context.Background()
	j := openTemp(b)
	for i := range 1000 {
		r := &Record{ID: fmt.Sprintf("%010d", i), Experiment: "x", Status: Finished, Started: time.UnixMicro(int64(1+i) * 1e6), Config: fmt.Appendf(nil, `{"couplings":%d}`, i%16)}
		var series []Series
		for k := range 9 {
			series = append(series, Series{Metric: fmt.Sprint("m", k), Steps: []int{0, 1}, Values: []float64{1, float64(i)}, Times: []int64{1, 2}})
		}
		must(b, j.Import(ctx, r, series, nil))
	}
	for b.Loop() {
		runs, err := j.Runs(ctx, Query{Where: "config.couplings>8 and metric.m1<900", Sort: "-metric.m2"})
		must(b, err)
		if len(runs) != 392 {
			b.Fatalf("%d runs", len(runs))
		}
	}
}

// BenchmarkBegin begins a run in a git project of 20,000 files with changes, beside 1 GB that is not tracked. How long the code takes to be
// found, which Begin does not wait for, is begin-to-finish.
func BenchmarkBegin(b *testing.B) {
	dir := b.TempDir()
	git := func(args ...string) {
		b.Helper()
		cmd := osexec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "maintenance.auto=false", "-c", "gc.auto=0"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Skipf("git %q: %v: %s", args, err, out)
		}
	}
	must(b, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.org/large\n\ngo 1.24\n"), 0o644))
	for i := range 20_000 {
		folder := filepath.Join(dir, fmt.Sprint("folder", i/200))
		must(b, os.MkdirAll(folder, 0o755))
		must(b, os.WriteFile(filepath.Join(folder, fmt.Sprintf("f%d.txt", i)), fmt.Appendf(nil, "file %d\n", i), 0o644))
	}
	git("init", "-q")
	git("add", "-A")
	git("commit", "-qm", "all")
	must(b, os.WriteFile(filepath.Join(dir, "folder7", "f1400.txt"), []byte("changed\n"), 0o644))
	large, err := os.Create(filepath.Join(dir, "data.bin"))
	must(b, err)
	must(b, errors.Join(large.Truncate(1<<30), large.Close()))
	b.Chdir(dir)
	b.Setenv("FLOWBOOK_HOME", filepath.Join(dir, ".flowbook"))
	j, err := OpenDefault()
	must(b, err)
	defer j.Close()
	ctx := context.Background()
	var begun, whole []time.Duration
	for b.Loop() {
		start := time.Now()
		run, err := j.Begin(ctx, "bench", nil)
		must(b, err)
		begun = append(begun, time.Since(start))
		must(b, run.Finish(nil))
		whole = append(whole, time.Since(start))
	}
	slices.Sort(begun)
	slices.Sort(whole)
	b.ReportMetric(float64(begun[0].Microseconds())/1e3, "begin-least-ms")
	b.ReportMetric(float64(begun[len(begun)/2].Microseconds())/1e3, "begin-p50-ms")
	b.ReportMetric(float64(begun[len(begun)-1].Microseconds())/1e3, "begin-max-ms")
	b.ReportMetric(float64(whole[len(whole)/2].Microseconds())/1e3, "begin-to-finish-ms")
}
