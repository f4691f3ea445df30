package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

const (
	crowdGoroutines = 10
	crowdSteps      = 300
)

// childCrowd logs with ten goroutines at once: each to a run of its own, all to a shared one.
func childCrowd(url string) error {
	ctx := context.Background()
	j, err := Open(url)
	if err != nil {
		return err
	}
	defer j.Close()
	shared, err := j.Begin(ctx, "shared", nil)
	if err != nil {
		return err
	}
	errs := make([]error, crowdGoroutines)
	var wg sync.WaitGroup
	for g := range crowdGoroutines {
		wg.Go(func() { errs[g] = crowdMember(ctx, j, shared, g) })
	}
	wg.Wait()
	return errors.Join(append(errs, shared.Finish(nil))...)
}

func crowdMember(ctx context.Context, j *Journal, shared *Run, g int) error {
	own, err := j.Begin(ctx, "own", map[string]int{"g": g})
	if err != nil {
		return err
	}
	for step := range crowdSteps {
		if err := errors.Join(own.Log(step, Metrics{"m": float64(step)}), shared.Log(step, Metrics{fmt.Sprint("m", g): float64(step)})); err != nil {
			return err
		}
		if step%100 == 50 {
			if err := errors.Join(own.FigureAt(step, "f", "text/plain", []byte(fmt.Sprint(g, step))), own.Flush(), own.Note("note"), own.Tag("t")); err != nil {
				return err
			}
		}
	}
	_, err = j.Write(ctx, Entry{Body: "done", Runs: []string{own.ID}})
	return errors.Join(err, own.Finish(nil))
}

// TestCrowd has two processes with ten goroutines each write one journal at once.
func TestCrowd(t *testing.T) { testCrowd(t) }

func testCrowd(t *testing.T) {
	ctx := context.Background()
	url := testURL(t)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			cmd := child("crowd", url)
			out, err := cmd.Output()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	j, err := Open(url)
	must(t, err)
	defer j.Close()
	runs, err := j.Runs(ctx, Query{})
	must(t, err)
	if len(runs) != 2*(crowdGoroutines+1) {
		t.Fatalf("%d runs", len(runs))
	}
	for _, r := range runs {
		if r.Status != Finished {
			t.Errorf("run %s %s: %s %s", r.ID, r.Experiment, r.Status, r.Error)
		}
		all, err := j.AllSeries(ctx, r.ID)
		must(t, err)
		if want := map[string]int{"own": 1, "shared": crowdGoroutines}[r.Experiment]; len(all) != want {
			t.Errorf("%s: %d series, want %d", r.Experiment, len(all), want)
		}
		for _, s := range all {
			for i := range s.Len() {
				if s.Len() != crowdSteps || s.Steps[i] != i || s.Values[i] != float64(i) {
					t.Fatalf("%s %s: %d points; point %d is step %d value %v", r.Experiment, s.Metric, s.Len(), i, s.Steps[i], s.Values[i])
				}
			}
		}
		if r, err := j.Get(ctx, r.ID); err != nil || r.Experiment == "own" && (len(r.Figures) != 3 || len(r.Notes) != 3 || len(r.Entries) != 1) {
			t.Errorf("run %s: %d figures, %d notes, %d entries, %v", r.ID, len(r.Figures), len(r.Notes), len(r.Entries), err)
		}
	}
	report, err := j.Verify(ctx)
	must(t, err)
	if !report.OK() {
		t.Errorf("verify: %s", report)
	}
	if left, _ := os.ReadDir(j.at.Spool); len(left) > 0 && !strings.HasPrefix(url, "postgres") {
		t.Errorf("%d files left in the spool", len(left))
	}
}
