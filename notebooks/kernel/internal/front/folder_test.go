package front

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Kernels that start at the same time leave each other's folders alone. Each is a process of its own, as locks are.
func TestKernelsStartTogether(t *testing.T) {
	if home := os.Getenv("FOLDER_OF_TEST"); home != "" {
		f, err := newFolder(home)
		if err != nil {
			t.Fatal(err)
		}
		f.remove()
		return
	}
	home, binary := t.TempDir(), os.Args[0]
	for range 10 {
		var started []*exec.Cmd
		for range 8 {
			cmd := exec.Command(binary, "-test.run", "^TestKernelsStartTogether$")
			cmd.Env = append(os.Environ(), "FOLDER_OF_TEST="+home)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			started = append(started, cmd)
		}
		for _, cmd := range started {
			if err := cmd.Wait(); err != nil {
				t.Fatalf("a kernel that starts beside others: %v", err)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(home, "kernels", "*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
