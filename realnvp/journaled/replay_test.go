package journaled_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/journaled"
)

// small is an experiment that can be replayed.
const small = "small-flow"

type smallConfig struct {
	Steps int `json:"steps"`
}

func init() {
	journal.Register(small, journal.Typed("a flow of two couplings", smallConfig{4}, func(ctx context.Context, run *journal.Run, c smallConfig) error {
		src, err := realnvp.NewPoints(normal(100, 1), nil, 2, 20, 1)
		if err != nil {
			return err
		}
		m, err := realnvp.New(smallFlow(), realnvp.Vector(2))
		if err != nil {
			return err
		}
		_, err = journaled.Train(ctx, run, m, src, realnvp.TrainConfig{
			Steps: c.Steps, LearningRate: 1e-2, Seed: 3, Validation: normal(50, 2), ValidateEvery: 2, CheckpointEvery: 2,
		})
		return err
	}))
}

const (
	replayJournal = "FLOWBOOK_TEST_REPLAY_JOURNAL"
	replayedRun   = "FLOWBOOK_TEST_REPLAY_RUN"
)

// TestReplayChild is no test of its own: TestReplayFromTheCache runs it as a process, which records a run, or replays one and
// fails where one bit differs.
func TestReplayChild(t *testing.T) {
	path := os.Getenv(replayJournal)
	if path == "" {
		t.Skip("only for TestReplayFromTheCache")
	}
	j, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	id := os.Getenv(replayedRun)
	if id == "" {
		if _, err := journal.Execute(t.Context(), j, small, nil); err != nil {
			t.Fatal(err)
		}
		return
	}
	report, err := journal.Replay(t.Context(), j, id)
	if err != nil {
		t.Fatal(err)
	}
	if !report.Identical || report.Points < 10 || report.Artifacts < 2 {
		t.Errorf("%s", report)
	}
}

// TestReplayFromTheCache: a run whose programs were compiled replays bit for bit with programs from the cache, checkpoints
// among it, and a run with programs from the cache replays bit for bit where they are compiled.
func TestReplayFromTheCache(t *testing.T) {
	if os.Getenv("PJRT_PLUGIN_LIBRARY_PATH") == "" || strings.HasPrefix(os.Getenv("GOMLX_BACKEND"), "go") {
		t.Skip("without XLA nothing is compiled")
	}
	path, cold, colder := filepath.Join(t.TempDir(), "journal.db"), t.TempDir(), t.TempDir()
	programs := func(folder string) (names []string) {
		found, err := filepath.Glob(folder + "/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			names = append(names, filepath.Base(f))
		}
		return names
	}
	child := func(cache, run string) {
		t.Helper()
		command := exec.Command(os.Args[0], "-test.run=^TestReplayChild$")
		command.Env = append(os.Environ(), replayJournal+"="+path, replayedRun+"="+run, "FLOWBOOK_XLA_CACHE="+cache)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
	}
	newest := func() string {
		j, err := journal.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		runs, err := j.Runs(t.Context(), journal.Query{})
		if err != nil || len(runs) == 0 {
			t.Fatal(len(runs), err)
		}
		return runs[0].ID
	}
	child(cold, "")
	compiled := programs(cold)
	if len(compiled) < 3 {
		t.Fatalf("the first run left %d files in the cache", len(compiled))
	}
	child(cold, newest()) // compiled, then loaded
	child(cold, "")
	child(colder, newest()) // loaded, then compiled
	if got := programs(cold); !slices.Equal(got, compiled) {
		t.Errorf("with a warm cache programs were compiled: %d files, then %d", len(compiled), len(got))
	}
	if got := programs(colder); !slices.Equal(got, compiled) {
		t.Errorf("the last replay did not compile what the first run did: %d files, %d", len(got), len(compiled))
	}
}
