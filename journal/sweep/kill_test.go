package sweep

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// acknowledge says on standard output that a step of a run is kept; only worker processes of the kill tests do.
var acknowledge = func(run string, step int) {}

// TestKillLoop kills worker processes of a sweep with SIGKILL at random instants, 200 times with SWEEP_KILLS=200, few otherwise, and starts
// others in their place. Every run ends finished, once, and nothing that a worker was acknowledged is lost.
func TestKillLoop(t *testing.T) {
	kills := 6
	if text := os.Getenv("SWEEP_KILLS"); text != "" {
		var err error
		kills, err = strconv.Atoi(text)
		must(t, err)
	}
	ctx := context.Background()
	url := tempURL(t)
	t.Parallel()
	left := t.TempDir() // a child that is killed leaves its temporary files
	j, q := openQueue(t, url)
	runs := 2 + kills/2
	s, err := q.Add(ctx, Plan{Experiment: "tiny", Settings: []string{fmt.Sprintf("seed=1..%d", runs), "steps=20", "pause=20000000"}, Limit: runs})
	must(t, err)
	var killed, ended atomic.Int64
	acks := map[string]map[int]int{} // how often a step of a run was acknowledged
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range uint64(3) {
		rng := rand.New(rand.NewPCG(7, n))
		wg.Go(func() {
			for ended.Load() == 0 {
				w := startWorker(t, url, "SWEEP_ACKNOWLEDGE=1", "TMPDIR="+left)
				stop := time.AfterFunc(time.Duration(rng.ExpFloat64()*float64(400*time.Millisecond)), func() {
					if killed.Add(1) <= int64(kills) {
						w.Process.Kill()
					}
				})
				for line := range w.lines {
					var run string
					var step int
					if _, err := fmt.Sscanf(line, "ack %s %d", &run, &step); err == nil && strings.HasSuffix(line, ".") {
						mu.Lock()
						if acks[run] == nil {
							acks[run] = map[int]int{}
						}
						acks[run][step]++
						mu.Unlock()
					}
				}
				if w.Wait() == nil { // it saw the end of the sweep
					ended.Store(1)
				}
				stop.Stop()
			}
		})
	}
	wg.Wait()
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	check(t, j, s, runs, 20)
	steps, resumed := 0, 0
	for run, bySteps := range acks {
		all, err := j.Logged(ctx, run)
		must(t, err)
		has := map[int]int{}
		for _, series := range all {
			for _, step := range series.Steps {
				has[step]++
			}
		}
		for step, n := range bySteps {
			steps += n
			if has[step] < n {
				t.Errorf("run %s: step %d was acknowledged %d times, the journal has it %d times", run, step, n, has[step])
			}
		}
		resumed += attemptsOf(t, j, run) - 1
	}
	report, err := j.Verify(ctx)
	must(t, err)
	if !report.OK() {
		t.Errorf("verify: %s", report)
	}
	t.Logf("%d kills, %d runs, %d times resumed, %d steps acknowledged and found", min(int(killed.Load()), kills), runs, resumed, steps)
}
