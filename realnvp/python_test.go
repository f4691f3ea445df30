package realnvp_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"flowbook/realnvp"
)

// TestPythonReadsACheckpoint trains a flow, saves it, and has Python's safetensors and NumPy compute the same log p.
func TestPythonReadsACheckpoint(t *testing.T) {
	home := os.Getenv("FLOWBOOK_HOME")
	python := filepath.Join(home, "venv-test", "bin", "python")
	if _, err := os.Stat(python); home == "" || err != nil {
		t.Skipf("no Python with safetensors at %q: `make test` installs it, and .flowbook/env names it", python)
	}
	m := newToy(t)
	path := filepath.Join(t.TempDir(), "flow.safetensors")
	if _, err := m.Train(context.Background(), points(t, gaussian(200, 1), 2, 50), realnvp.TrainConfig{Steps: 5, Checkpoint: path}); err != nil {
		t.Fatal(err)
	}
	x := gaussian(7, 4)
	want, err := m.LogProb(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"testdata/logprob.py", path}
	for _, v := range x {
		args = append(args, fmt.Sprint(v))
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, line := range strings.Fields(string(out)) {
		got, err := strconv.ParseFloat(line, 64)
		if err != nil || math.Abs(got-want[i]) > 1e-5*math.Max(1, math.Abs(want[i])) {
			t.Errorf("log p of point %d: NumPy has %s, the model %v", i, line, want[i])
		}
	}
}
