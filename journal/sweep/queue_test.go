package sweep

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"flowbook/journal"
)

// TestRetries has runs fail: each is tried again as often as asked for, from its checkpoint, and then is shown as failed.
func TestRetries(t *testing.T) {
	t.Parallel()
	retries(t, tempURL(t))
}

func retries(t *testing.T, url string) {
	ctx := context.Background()
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"fails=0,1,2,3"}, Retries: 2})
	must(t, err)
	var mu sync.Mutex
	said := map[EventKind]int{}
	must(t, q.Work(ctx, Work{Workers: 4, Report: func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		said[e.Kind]++
	}}))
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	var states, attempts []string
	for _, r := range s.Runs {
		states = append(states, string(r.State))
		attempts = append(attempts, strings.Repeat("i", attemptsOf(t, j, r.ID)))
	}
	if !slices.Equal(states, []string{"finished", "finished", "finished", "failed"}) || !slices.Equal(attempts, []string{"i", "ii", "iii", "iii"}) {
		t.Errorf("%v after attempts %v", states, attempts)
	}
	if e := s.Runs[3].Error; e != "it fails at step 2" || !s.Done() {
		t.Errorf("error %q, done %v", e, s.Done())
	}
	if said[Failed] != 1 || said[Retrying] != 5 || said[Finished] != 3 || said[PutBack] != 0 {
		t.Errorf("it was said: %v", said)
	}
}

// TestCancel cancels a sweep while a worker process is at it: the run under way stops, the others never begin, and another sweep goes on.
func TestCancel(t *testing.T) {
	t.Parallel()
	cancelSweep(t, tempURL(t))
}

func cancelSweep(t *testing.T, url string) {
	ctx := context.Background()
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1..5", "steps=100000", "pause=5000000"}})
	must(t, err)
	other, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1..2"}, Priority: Last})
	must(t, err)
	w := startWorker(t, url)
	line := <-w.lines
	run, ok := strings.CutPrefix(line, "began ")
	if !ok {
		t.Fatal(line)
	}
	waitFor(t, j, run, 1)
	waited, stopping, err := q.Cancel(ctx, s.ID)
	if err != nil || waited != 4 || stopping != 1 {
		t.Fatalf("%d waited, %d stop, %v", waited, stopping, err)
	}
	if said := w.end(t); said["cancelled"] != 1 || said["finished"] != 2 {
		t.Errorf("the worker said %v", said)
	}
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	if s.Counts[StateCancelled] != 5 || !s.Done() {
		t.Errorf("%v", s.Counts)
	}
	if runs, err := j.Runs(ctx, journal.Query{Where: "sweep = " + s.ID}); err != nil || len(runs) != 1 || runs[0].Status != journal.Interrupted {
		t.Errorf("runs of the cancelled sweep: %d, %v", len(runs), err)
	}
	if other, err = q.Sweep(ctx, other.ID); err != nil || other.Counts[StateFinished] != 2 {
		t.Errorf("the other sweep: %v, %v", other.Counts, err)
	}
	if waited, stopping, err := q.Cancel(ctx, s.ID); err != nil || waited+stopping != 0 {
		t.Errorf("cancelled again: %d, %d, %v", waited, stopping, err)
	}
}

// cancelUnheard cancels a run under way as a client does whose notification is lost: the worker sees it all the same.
func cancelUnheard(t *testing.T, url string) {
	ctx := context.Background()
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1", "steps=100000", "pause=5000000"}})
	must(t, err)
	w := startWorker(t, url)
	run, ok := strings.CutPrefix(<-w.lines, "began ")
	if !ok {
		t.Fatal("the worker did not begin")
	}
	waitFor(t, j, run, 1)
	_, err = q.store.DB.ExecContext(ctx, `UPDATE river_job SET metadata = '{"cancel_attempted_at": "2026-11-28T12:00:00Z"}'`)
	must(t, err)
	if said := w.end(t); said["cancelled"] != 1 {
		t.Errorf("the worker said %v", said)
	}
	if s, err = q.Sweep(ctx, s.ID); err != nil || s.Counts[StateCancelled] != 1 {
		t.Errorf("%v, %v", s.Counts, err)
	}
}

// TestCancelUnheard is cancelUnheard of SQLite, where nothing is notified.
func TestCancelUnheard(t *testing.T) {
	t.Parallel()
	cancelUnheard(t, tempURL(t))
}

// TestInterrupt ends a worker's context: its run stays as interrupted, and the next worker goes on with it.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	j, q := openQueue(t, tempURL(t))
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1..2", "steps=6", "pause=20000000"}})
	must(t, err)
	short, stop := context.WithCancel(ctx)
	err = q.Work(short, Work{Report: func(e Event) {
		if e.Kind == Began {
			time.AfterFunc(70*time.Millisecond, stop)
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	half, err := q.Sweep(ctx, s.ID)
	must(t, err)
	if half.Counts[StateWaiting] != 2 || half.Runs[0].Record == nil || half.Runs[0].Record.Status != journal.Interrupted {
		t.Errorf("after the worker stopped: %v, %+v", half.Counts, half.Runs[0].Record)
	}
	must(t, q.Work(ctx, Work{Sweep: s.ID}))
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	check(t, j, s, 2, 6)
	if r := s.Runs[0].Record; r.ID != half.Runs[0].ID {
		t.Errorf("run %s, before %s", r.ID, half.Runs[0].ID)
	}
}

// TestPutBackTooSoon has workers take every job for one of a dead worker as soon as its run is not running: nothing is done twice.
func TestPutBackTooSoon(t *testing.T) {
	before := grace
	grace = time.Nanosecond
	defer func() { grace = before }()
	ctx := context.Background()
	url := tempURL(t)
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1..8", "pause=100000000"}})
	must(t, err)
	var wg sync.WaitGroup
	for range 3 {
		other, err := Open(ctx, j)
		must(t, err)
		defer other.Close()
		wg.Go(func() {
			if err := other.Work(ctx, Work{Workers: 2}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	check(t, j, s, 8, 4)
	for _, r := range s.Runs {
		if n := attemptsOf(t, j, r.ID); n != 1 {
			t.Errorf("run %s has %d attempts", r.ID, n)
		}
	}
}

// TestPriority has a worker take the more urgent sweep first, the older first among equals, and only the one that is asked for.
func TestPriority(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, q := openQueue(t, tempURL(t))
	add := func(priority int) string {
		s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1..3"}, Priority: priority})
		must(t, err)
		return s.ID
	}
	late, urgent, alone := add(Last), add(First), add(First)
	var order []string
	report := func(e Event) {
		if e.Kind == Finished && !slices.Contains(order, e.Sweep.ID) {
			order = append(order, e.Sweep.ID)
		}
	}
	must(t, q.Work(ctx, Work{Sweep: alone, Report: report}))
	if !slices.Equal(order, []string{alone}) {
		t.Errorf("%v, want only %s", order, alone)
	}
	must(t, q.Work(ctx, Work{Report: report}))
	if !slices.Equal(order, []string{alone, urgent, late}) {
		t.Errorf("%v, want %s, %s, %s", order, alone, urgent, late)
	}
	if _, err := q.Add(ctx, Plan{Experiment: "tiny", Priority: 9}); !errors.Is(err, journal.ErrInvalid) {
		t.Errorf("priority 9: %v", err)
	}
}

// TestStay has a worker that waits for sweeps: it takes one that is made later, and ends with its context.
func TestStay(t *testing.T) {
	t.Parallel()
	_, q := openQueue(t, tempURL(t))
	ctx, stop := context.WithCancel(context.Background())
	ended, finished := make(chan error, 1), make(chan bool, 10)
	go func() {
		ended <- q.Work(ctx, Work{Stay: true, Report: func(e Event) {
			if e.Kind == Finished {
				finished <- true
			}
		}})
	}()
	for range 2 { // the second when the first is done
		_, err := q.Add(ctx, Plan{Experiment: "tiny"})
		must(t, err)
		select {
		case <-finished:
		case <-time.After(time.Minute):
			t.Fatal("nobody takes the sweep")
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestNone asks a journal that has no sweeps: there are none, nothing is to do, and no file is made.
func TestNone(t *testing.T) {
	ctx := context.Background()
	url := tempURL(t)
	_, q := openQueue(t, url)
	if all, err := q.Sweeps(ctx); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	must(t, q.Work(ctx, Work{}))
	if _, err := q.Sweep(ctx, "last"); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"sed=1"}}); !errors.Is(err, journal.ErrInvalid) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(strings.TrimSuffix(url, ".db") + ".sweeps.db"); !os.IsNotExist(err) {
		t.Errorf("the queue's file is there: %v", err)
	}
}

// TestOtherProgram has a worker whose program does not have a sweep's experiment: it leaves the jobs to others, and says so.
func TestOtherProgram(t *testing.T) {
	ctx := context.Background()
	url := tempURL(t)
	_, q := openQueue(t, url)
	// A worker process is this program too, but registers nothing here.
	journal.Register("elsewhere", journal.Typed("", tiny{}, func(context.Context, *journal.Run, tiny) error { return nil }))
	s, err := q.Add(ctx, Plan{Experiment: "elsewhere"})
	must(t, err)
	if said := startWorker(t, url).end(t); len(said) != 1 || said["skipped"] != 1 {
		t.Errorf("%v", said)
	}
	w := startWorker(t, url, "SWEEP_ID="+s.ID)
	if line := <-w.lines; !strings.HasPrefix(line, "error") || !strings.Contains(line, `experiment "elsewhere"`) {
		t.Error(line)
	}
}

// TestJournalAlone reads a sweep where only its runs are, as in a journal that was sent to somebody.
func TestJournalAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	url := tempURL(t)
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=3,4", "x=0.5"}})
	must(t, err)
	must(t, q.Work(ctx, Work{}))
	must(t, j.Copy(ctx, url+".copy.db"))
	_, alone := openQueue(t, url+".copy.db")
	got, err := alone.Sweep(ctx, s.ID)
	must(t, err)
	if got.ID != s.ID || got.Experiment != "tiny" || got.Counts[StateFinished] != 2 || got.Runs[0].Values[0]+got.Runs[1].Values[0] != "34" {
		t.Errorf("%+v", got)
	}
	if err := j.Remove(ctx, got.Runs[0].ID); err != nil {
		t.Fatal(err)
	}
	if s, err = q.Sweep(ctx, s.ID); err != nil || s.Counts[StateRemoved] != 1 || s.Counts[StateFinished] != 1 {
		t.Errorf("with a run in the trash: %v, %v", s.Counts, err)
	}
}
