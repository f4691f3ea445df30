package journal

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"flowbook/journal/internal/ids"
)

// The tests start this test binary again as a child that works on a journal; JOURNAL_CHILD says what it does there.
func TestMain(m *testing.M) {
	if task := os.Getenv("JOURNAL_CHILD"); task != "" {
		if err := children[task](os.Getenv("JOURNAL_URL")); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	stopServers()
	os.Exit(code)
}

// stopServers ends what tests started for all of them.
var stopServers = func() {}

var children = map[string]func(url string) error{
	"log":   childLogs,
	"crowd": childCrowd,
}

// child prepares a child process that does a task on a journal.
func child(task, url string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "JOURNAL_CHILD="+task, "JOURNAL_URL="+url)
	cmd.Stderr = os.Stderr
	return cmd
}

// childLogs logs for ever, and says on standard output what was acknowledged.
func childLogs(url string) error {
	j, err := Open(url)
	if err != nil {
		return err
	}
	run, err := j.Begin(context.Background(), "kill", nil)
	if err != nil {
		return err
	}
	fmt.Println("run", run.ID)
	for step := 0; ; step++ {
		if err := run.Log(step, Metrics{"loss": value(step), "acc": -value(step)}); err != nil {
			return err
		}
		fmt.Println("step", step)
		switch step % 400 {
		case 100:
			if err := run.FigureAt(step, "fig", "text/plain", []byte(strconv.Itoa(step))); err != nil {
				return err
			}
			fmt.Println("figure", step)
		case 200:
			if err := run.CheckpointBytes(step, []byte(strconv.Itoa(step))); err != nil {
				return err
			}
			fmt.Println("checkpoint", step)
		case 300:
			if _, err := run.Write([]byte("at " + strconv.Itoa(step) + "\n")); err != nil {
				return err
			}
			fmt.Println("output", step)
		}
		if step%50 == 49 {
			time.Sleep(time.Millisecond)
		}
	}
}

func value(step int) float64 { return 1 / float64(step+1) }

// acknowledged is what a child said.
type acknowledged struct {
	run         string
	step        int
	figures     []int
	checkpoints []int
	outputs     []int
}

func parseAcks(t testing.TB, out []byte) acknowledged {
	a := acknowledged{step: -1}
	in := bufio.NewScanner(bytes.NewReader(out))
	for in.Scan() {
		what, rest, ok := strings.Cut(in.Text(), " ")
		n, _ := strconv.Atoi(rest)
		switch {
		case !ok: // a torn last line
		case what == "run" && len(rest) == ids.Length:
			a.run = rest
		case what == "step" && n == a.step+1:
			a.step = n
		case what == "figure":
			a.figures = append(a.figures, n)
		case what == "checkpoint":
			a.checkpoints = append(a.checkpoints, n)
		case what == "output":
			a.outputs = append(a.outputs, n)
		case what == "error":
			t.Errorf("child: %s", rest)
		}
	}
	return a
}

// check demands that the journal holds everything a dead child was acknowledged.
func (a acknowledged) check(t testing.TB, j *Journal) {
	t.Helper()
	if err := a.compare(t, j); err != nil {
		t.Errorf("run %s: %v", a.run, err)
	}
}

// compare reports what differs, and returns an error where it cannot go on.
func (a acknowledged) compare(t testing.TB, j *Journal) error {
	t.Helper()
	if a.run == "" {
		return nil
	}
	ctx := context.Background()
	r, err := j.Get(ctx, a.run)
	if err != nil {
		return err
	}
	if r.Status != Interrupted {
		t.Errorf("run %s is %s, want interrupted", a.run, r.Status)
	}
	all, err := j.AllSeries(ctx, a.run)
	if err != nil {
		return err
	}
	if a.step >= 0 && len(all) != 2 {
		return fmt.Errorf("%d series, %d steps were acknowledged", len(all), a.step+1)
	}
	for _, s := range all {
		if s.Len() <= a.step {
			t.Errorf("run %s: %s has %d points, step %d was acknowledged", a.run, s.Metric, s.Len(), a.step)
		}
		for i := range s.Len() {
			want := value(i)
			if s.Metric == "acc" {
				want = -want
			}
			if s.Steps[i] != i || s.Values[i] != want {
				return fmt.Errorf("point %d of %s is step %d, value %v", i, s.Metric, s.Steps[i], s.Values[i])
			}
		}
		if sum := r.Metrics[s.Metric]; sum.Count != s.Len() || sum.Last != s.Values[s.Len()-1] {
			t.Errorf("run %s: summary of %s %+v, series of %d", a.run, s.Metric, sum, s.Len())
		}
	}
	has := func(what string, list []Artifact, steps []int) {
		bytesAt := map[int]string{}
		for _, f := range list {
			data, err := j.ReadArtifact(ctx, f.Digest)
			if err != nil {
				t.Errorf("run %s: %s of step %d: %v", a.run, what, f.Step, err)
			}
			bytesAt[f.Step] = string(data)
		}
		for _, step := range steps {
			if bytesAt[step] != strconv.Itoa(step) {
				t.Errorf("run %s: %s of step %d holds %q", a.run, what, step, bytesAt[step])
			}
		}
	}
	has("figure", r.Figures, a.figures)
	has("checkpoint", r.Checkpoints, a.checkpoints)
	out, err := j.Output(ctx, a.run)
	if err != nil {
		return err
	}
	if len(out) < len(a.outputs) {
		t.Errorf("run %s: %d pieces of output, %d were acknowledged", a.run, len(out), len(a.outputs))
	}
	return nil
}

// TestKill kills a logging child with SIGKILL 200 times (20 with -short) at random instants, and demands everything that was
// acknowledged before.
func TestKill(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	testKill(t, kills)
}

// testKill has four children at a time, so that those that live write while others die.
func testKill(t *testing.T, kills int) {
	url := testURL(t)
	t.Setenv("TMPDIR", t.TempDir()) // a child that is killed leaves its temporary files
	all := make([]acknowledged, kills)
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range uint64(4) {
		rng := rand.New(rand.NewPCG(1, w))
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(kills) && !t.Failed(); i = next.Add(1) - 1 {
				all[i] = killOnce(t, url, time.Duration(rng.ExpFloat64()*float64(60*time.Millisecond)), rng.IntN(4) == 0)
				j, err := Open(url)
				if err != nil {
					t.Error(err)
					return
				}
				all[i].check(t, j)
				if err := j.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	j, err := Open(url)
	must(t, err)
	defer j.Close()
	steps, onlySpool := 0, 0
	for _, a := range all { // nothing was lost to the kills that came after
		a.check(t, j)
		steps += a.step + 1
		if a.step >= 0 && len(a.checkpoints) == 0 {
			onlySpool++
		}
	}
	report, err := j.Verify(context.Background())
	must(t, err)
	if !report.OK() {
		t.Errorf("verify: %s", report)
	}
	t.Logf("%d kills, %d steps acknowledged and found; %d runs died before their first checkpoint", kills, steps, onlySpool)
}

// killOnce starts a child, lets it log for a while, counted from its start or from its first step, and kills it.
func killOnce(t testing.TB, url string, after time.Duration, fromStart bool) acknowledged {
	cmd := child("log", url)
	var out bytes.Buffer
	r, w, err := os.Pipe()
	if err == nil {
		cmd.Stdout = w
		err = cmd.Start()
	}
	if err != nil {
		t.Error(err)
		return acknowledged{}
	}
	w.Close()
	first, done := make(chan bool, 1), make(chan bool)
	go func() {
		defer close(done)
		buf := make([]byte, 64<<10)
		for {
			n, err := r.Read(buf)
			out.Write(buf[:n])
			if n > 0 && bytes.Contains(buf[:n], []byte("step")) {
				select {
				case first <- true:
				default:
				}
			}
			if err != nil {
				return
			}
		}
	}()
	if !fromStart {
		select {
		case <-first:
		case <-done:
		case <-time.After(60 * time.Second):
			t.Error("the child logged nothing for a minute")
		}
	}
	time.Sleep(after)
	cmd.Process.Kill()
	<-done
	cmd.Wait()
	r.Close()
	return parseAcks(t, out.Bytes())
}
