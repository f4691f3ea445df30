package realnvp_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"flowbook/realnvp"
)

// What a process left that was killed while it saved is removed by the next training to that checkpoint; what is new, and
// may be another process's that saves just then, and what others put there, stays.
func TestLeftoversOfKilledSaves(t *testing.T) {
	folder := t.TempDir()
	old := time.Now().Add(-2 * time.Hour)
	for name, at := range map[string]time.Time{
		".c.safetensors.123": old, ".c.safetensors.4294967295": old,
		".c.safetensors.77": time.Now(), ".c.safetensors.bak": old, ".other.safetensors.5": old, "c.safetensors.9": old,
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	m := newToy(t)
	if _, err := m.Train(context.Background(), points(t, gaussian(100, 1), 2, 10), realnvp.TrainConfig{Steps: 2, Checkpoint: filepath.Join(folder, "c.safetensors")}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{".c.safetensors.77", ".c.safetensors.bak", ".other.safetensors.5", "c.safetensors", "c.safetensors.9"}; !slices.Equal(names, want) {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}
