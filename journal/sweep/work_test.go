package sweep

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
)

// The tests start this test binary again as a worker: SWEEP_WORKER is the URL of its journal, SWEEP_WORKERS how many runs it does at a time.
func TestMain(m *testing.M) {
	if url := os.Getenv("SWEEP_WORKER"); url != "" {
		grace = 300 * time.Millisecond
		if os.Getenv("SWEEP_ACKNOWLEDGE") != "" {
			acknowledge = func(run string, step int) { fmt.Printf("ack %s %d .\n", run, step) }
		}
		if err := workAt(url); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if url := os.Getenv("SWEEP_READER"); url != "" {
		fmt.Println(readAt(url))
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	home, err := os.MkdirTemp("", "sweep-home-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(home)
	os.Setenv("FLOWBOOK_HOME", home)
	defer stopServers()
	return m.Run()
}

// stopServers ends what tests started for all of them.
var stopServers = func() {}

// A tiny config is that of an experiment of a few steps, with a checkpoint at each.
type tiny struct {
	X     float64       `json:"x"`
	Seed  int           `json:"seed"`
	Steps int           `json:"steps"`
	Pause time.Duration `json:"pause"` // at each step
	Fails int           `json:"fails"` // how many attempts fail at step 2
}

func init() {
	journal.Register("tiny", journal.Typed("a few steps", tiny{Steps: 4}, func(ctx context.Context, run *journal.Run, c tiny) error {
		_, last, ok, err := run.RestoreBytes()
		if err != nil {
			return err
		}
		if !ok {
			last = -1
		}
		for step := last + 1; step < c.Steps; step++ {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(c.Pause):
			}
			if step == 2 {
				rec, err := run.Journal().Get(ctx, run.ID)
				if err == nil && len(rec.Attempts) <= c.Fails {
					err = errors.New("it fails at step 2")
				}
				if err != nil {
					return err
				}
			}
			if err := run.Log(step, journal.Metrics{"loss": c.X / float64(step+1)}); err != nil {
				return err
			}
			acknowledge(run.ID, step)
			if err := run.CheckpointBytes(step, []byte("state")); err != nil {
				return err
			}
		}
		return nil
	}))
}

// workAt is a worker process; it says what it does.
func workAt(url string) error {
	j, err := journal.Open(url)
	if err != nil {
		return err
	}
	defer j.Close()
	ctx := context.Background()
	q, err := Open(ctx, j)
	if err != nil {
		return err
	}
	defer q.Close()
	return q.Work(ctx, Work{Sweep: os.Getenv("SWEEP_ID"), Report: func(e Event) { fmt.Println(e.Kind, e.Run) }})
}

// readAt reads the sweeps of a journal that may not be written, and tries to write.
func readAt(url string) string {
	ctx := context.Background()
	j, err := journal.Open(url)
	if err != nil {
		return err.Error()
	}
	defer j.Close()
	q, err := Open(ctx, j)
	if err != nil {
		return err.Error()
	}
	defer q.Close()
	all, err := q.Sweeps(ctx)
	if err != nil || len(all) != 1 {
		return fmt.Sprint(len(all), " sweeps, ", err)
	}
	_, addErr := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1"}})
	_, _, cancelErr := q.Cancel(ctx, all[0].ID)
	workErr := q.Work(ctx, Work{})
	for _, err := range []error{addErr, cancelErr, workErr} {
		if !errors.Is(err, journal.ErrPermission) {
			return fmt.Sprint("writing: ", err)
		}
	}
	return fmt.Sprint("waiting ", all[0].Counts[StateWaiting])
}

// A worker is a worker process.
type worker struct {
	*exec.Cmd
	lines chan string // what it says
}

// startWorker starts one; env adds to its environment.
func startWorker(t *testing.T, url string, env ...string) *worker {
	t.Helper()
	w := &worker{Cmd: exec.Command(os.Args[0]), lines: make(chan string, 1000)}
	w.Env = append(append(os.Environ(), "SWEEP_WORKER="+url), env...)
	w.Stderr = os.Stderr
	out, err := w.StdoutPipe()
	must(t, err)
	must(t, w.Start())
	go func() {
		defer close(w.lines)
		in := bufio.NewScanner(out)
		for in.Scan() {
			w.lines <- in.Text()
		}
		_, _ = io.Copy(io.Discard, out)
	}()
	t.Cleanup(func() { w.Process.Kill(); w.Wait() })
	return w
}

// end waits for the worker, and returns how often it said each word.
func (w *worker) end(t *testing.T) map[string]int {
	t.Helper()
	said := map[string]int{}
	timeout := time.After(time.Minute)
	for {
		select {
		case line, ok := <-w.lines:
			if !ok {
				if err := w.Wait(); err != nil {
					t.Errorf("a worker: %v", err)
				}
				return said
			}
			word, rest, _ := strings.Cut(line, " ")
			said[word]++
			if word == "error" {
				t.Errorf("a worker: %s", rest)
			}
		case <-timeout:
			t.Fatal("a worker does not end")
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// openQueue opens the queue of a new journal.
func openQueue(t *testing.T, url string) (*journal.Journal, *Queue) {
	t.Helper()
	j, err := journal.Open(url)
	must(t, err)
	t.Cleanup(func() { j.Close() })
	q, err := Open(context.Background(), j)
	must(t, err)
	t.Cleanup(func() { q.Close() })
	return j, q
}

func tempURL(t *testing.T) string { return filepath.Join(t.TempDir(), "journal.db") }

// check demands that every run of a sweep is finished, once, whole, and by its own job.
func check(t *testing.T, j *journal.Journal, s *Status, runs, steps int) {
	t.Helper()
	ctx := context.Background()
	if len(s.Runs) != runs || s.Counts[StateFinished] != runs || !s.Done() {
		t.Errorf("%d runs, %v; want %d finished", len(s.Runs), s.Counts, runs)
	}
	all, err := j.Runs(ctx, journal.Query{})
	must(t, err)
	if len(all) != runs {
		t.Errorf("the journal has %d runs, want %d", len(all), runs)
	}
	combos := map[string]bool{}
	for _, r := range s.Runs {
		combos[strings.Join(r.Values, " ")] = true
		if r.Record == nil || r.Record.Sweep == nil || r.Record.Sweep.ID != s.ID || !slices.Equal(valuesOf(r.Record), r.Values) {
			t.Errorf("run %s does not say that it is of sweep %s, with %v", r.ID, s.ID, r.Values)
			continue
		}
		series, err := j.AllSeries(ctx, r.ID)
		must(t, err)
		if len(series) != 1 || series[0].Len() != steps {
			t.Errorf("run %s has %v", r.ID, series)
		}
	}
	if len(combos) != runs {
		t.Errorf("%d different combinations, want %d", len(combos), runs)
	}
}

// TestTwoWorkers has two worker processes share the runs of a sweep in SQLite.
func TestTwoWorkers(t *testing.T) {
	t.Parallel()
	twoWorkers(t, tempURL(t))
}

func twoWorkers(t *testing.T, url string) {
	ctx := context.Background()
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"x=0..1:lin:4", "seed=1..3", "pause=10000000"}, Tags: []string{"t"}})
	must(t, err)
	if s.Counts[StateWaiting] != 12 || s.Done() {
		t.Errorf("before: %v", s.Counts)
	}
	a, b := startWorker(t, url), startWorker(t, url)
	did, did2 := a.end(t), b.end(t)
	if did["finished"]+did2["finished"] != 12 || did["finished"] == 0 || did2["finished"] == 0 {
		t.Errorf("one did %v, the other %v", did, did2)
	}
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	check(t, j, s, 12, 4)
	if tags := s.Runs[0].Record.Tags; !slices.Equal(tags, []string{"t"}) {
		t.Errorf("tags %v", tags)
	}
}

// attemptsOf counts the processes that worked on a run.
func attemptsOf(t *testing.T, j *journal.Journal, run string) int {
	t.Helper()
	rec, err := j.Get(context.Background(), run)
	must(t, err)
	return len(rec.Attempts)
}

// waitFor waits until the journal has a run with so many checkpoints.
func waitFor(t *testing.T, j *journal.Journal, run string, checkpoints int) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		rec, err := j.Get(context.Background(), run)
		if err == nil && len(rec.Checkpoints) >= checkpoints {
			return
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("run %s has no checkpoints: %v", run, err)
		}
	}
}

// killWorker has three worker processes work, and kills one in mid-training: another goes on with its run from its last checkpoint.
func killWorker(t *testing.T, url string) {
	ctx := context.Background()
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{"seed=1..9", "steps=8", "pause=40000000"}})
	must(t, err)
	workers := []*worker{startWorker(t, url), startWorker(t, url), startWorker(t, url)}
	victim := workers[0]
	var run string
	for line := range victim.lines {
		if id, ok := strings.CutPrefix(line, "began "); ok {
			run = id
			break
		}
	}
	waitFor(t, j, run, 3)
	must(t, victim.Process.Kill())
	said := map[string]int{}
	for _, w := range workers[1:] {
		for word, n := range w.end(t) {
			said[word] += n
		}
	}
	if said["put"] == 0 || said["resumed"] != 1 {
		t.Errorf("the others %v", said)
	}
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	check(t, j, s, 9, 8)
	rec, err := j.Get(ctx, run)
	must(t, err)
	if len(rec.Attempts) != 2 || rec.Attempts[1].FromStep < 2 {
		t.Errorf("the run of the worker that was killed: %+v", rec.Attempts)
	}
}

// TestKillWorker does it in SQLite.
func TestKillWorker(t *testing.T) {
	t.Parallel()
	killWorker(t, tempURL(t))
}
