package kerneltest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/preset"
)

// sampleCells is a notebook of a reader's own: it loads a checkpoint and prints samples from it.
func sampleCells(checkpoint string) []string {
	return []string{fmt.Sprintf(`import (
	"context"

	"flowbook/realnvp"
)

%%%%
model, err := realnvp.Load(%q)
if err != nil {
	panic(err)
}
x, err := model.Sample(context.Background(), 3, realnvp.SampleConfig{Seed: 7})
fmt.Println(model.Step(), x, err)`, checkpoint)}
}

// saveCheckpoint trains a small flow for a few steps, saves it and returns the path and what the cell must print.
func saveCheckpoint(t *testing.T) (path, want string) {
	t.Helper()
	model, err := realnvp.New(preset.Toy2D()[:4], realnvp.Vector(2))
	if err != nil {
		t.Fatal(err)
	}
	ring := make([]float32, 0, 200)
	for i := range 100 {
		ring = append(ring, float32(i%10)/5-1, float32(i/10)/5-1)
	}
	points, err := realnvp.NewPoints(ring, nil, 2, 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.Train(t.Context(), points, realnvp.TrainConfig{Steps: 5, LearningRate: 1e-3}); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "checkpoint.safetensors")
	if err := model.Save(path); err != nil {
		t.Fatal(err)
	}
	x, err := model.Sample(t.Context(), 3, realnvp.SampleConfig{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	return path, fmt.Sprintln(5, x, nil)
}

// A new notebook anywhere in JupyterLab's root imports flowbook/realnvp and samples from a saved checkpoint, bit for bit
// what this program samples from it.
func TestNewNotebookSamples(t *testing.T) {
	home(t)
	checkpoint, want := saveCheckpoint(t)
	printed, said, err := run(t, newFolder(t), sampleCells(checkpoint))
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if printed[0] != want {
		t.Errorf("the cell printed\n%swant\n%s", printed[0], want)
	}
}

// The same with no network at all: everything a cell imports is in the module cache.
func TestNewNotebookNeedsNoNetwork(t *testing.T) {
	home(t)
	inside := []string{"unshare", "--net", "sh", "-c", `ip link set lo up && exec "$@"`, "sh"}
	if err := exec.Command("unshare", "--net", "ip", "link", "set", "lo", "up").Run(); err != nil {
		t.Skipf("cannot make a network namespace here (it takes root and iproute2): %v", err)
	}
	checkpoint, want := saveCheckpoint(t)
	printed, said, err := run(t, newFolder(t), sampleCells(checkpoint), inside...)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if printed[0] != want {
		t.Errorf("the cell printed\n%swant\n%s", printed[0], want)
	}
}

// A checkpoint that is not there is one clear error in the cell.
func TestMissingCheckpointIsNamed(t *testing.T) {
	_, said, err := run(t, newFolder(t), sampleCells("no-such-checkpoint"))
	if err == nil {
		t.Fatalf("the notebook passed:\n%s", said)
	}
	if !strings.Contains(said, "no-such-checkpoint") {
		t.Errorf("the checkpoint is not named in\n%s", said)
	}
}
