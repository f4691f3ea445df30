package realnvp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/realnvp"
)

const (
	killPath  = "FLOWBOOK_TEST_TRAIN" // the child's checkpoint
	killSteps = 40
)

// TestKillChild is no test of its own: TestKill runs it as a process to kill. It trains, going on from its checkpoint,
// and prints each step's loss to the last bit.
func TestKillChild(t *testing.T) {
	path := os.Getenv(killPath)
	if path == "" {
		t.Skip("only for TestKill")
	}
	m, err := realnvp.LoadFor(smallToy(), path)
	if _, missing := os.Stat(path); errors.Is(missing, fs.ErrNotExist) {
		m, err = realnvp.New(smallToy(), realnvp.Vector(2))
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{
		Steps: killSteps, Checkpoint: path, CheckpointEvery: 3, EMA: 0.9,
		OnStep: func(s realnvp.StepInfo) error {
			fmt.Printf("step %d %x %x\n", s.Step, s.Loss, s.GradNorm)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestKill kills a training with SIGKILL, resumes it, kills it again, and compares every step and the last checkpoint
// with those of a training that was left alone.
func TestKill(t *testing.T) {
	train := func(path string, seen map[string]string, killAfter string) {
		child := exec.Command(os.Args[0], "-test.run=^TestKillChild$", "-test.v")
		child.Env = append(os.Environ(), killPath+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			step, values, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "step "), " ")
			if !ok || !strings.HasPrefix(lines.Text(), "step ") {
				continue
			}
			if before, ok := seen[step]; ok && before != values {
				t.Errorf("step %s gave %s, and %s the second time", step, before, values)
			}
			seen[step] = values
			if step == killAfter {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := child.Wait(); (err == nil) != (killAfter == "") {
			t.Fatalf("the child to be killed after step %q ended with %v", killAfter, err)
		}
	}
	whole, killed := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "killed")
	want, got := map[string]string{}, map[string]string{}
	train(whole, want, "")
	for _, after := range []string{"7", "20", ""} {
		train(killed, got, after)
	}
	if len(want) != killSteps {
		t.Fatalf("%d steps seen, want %d", len(want), killSteps)
	}
	for step, values := range want {
		if got[step] != values {
			t.Errorf("step %s: %s after kills, %s without", step, got[step], values)
		}
	}
	a, errA := os.ReadFile(whole)
	b, errB := os.ReadFile(killed)
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Errorf("the last checkpoints differ (%d and %d bytes; %v, %v)", len(a), len(b), errA, errB)
	}
}
