package kerneltest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A kernel that is shut down while a cell runs interrupts the cell, as the stop button does, so that no training goes
// on unseen; a cell that does not heed that is killed.
func TestShutDownStopsTheRunningCell(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"heeds", `%%%%
stop := make(chan os.Signal, 1)
signal.Notify(stop, os.Interrupt)
os.WriteFile(%[1]q, fmt.Append(nil, os.Getpid(), " running"), 0o644)
<-stop
os.WriteFile(%[1]q, fmt.Append(nil, os.Getpid(), " stopped"), 0o644)`, "stopped"},
		{"does not heed", `%%%%
signal.Ignore(os.Interrupt)
os.WriteFile(%[1]q, fmt.Append(nil, os.Getpid(), " running"), 0o644)
time.Sleep(time.Hour)`, "running"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, folder, mark := home(t), newFolder(t), filepath.Join(t.TempDir(), "mark")
			path := filepath.Join(folder, "new.ipynb")
			write(t, path, []string{fmt.Sprintf(c.cell, mark)})
			// The driver gives the cell so many seconds and then shuts the kernel down.
			said, err := output(exec.CommandContext(t.Context(), filepath.Join(dir, "venv", "bin", "python"),
				filepath.Join(project, ".ci", "notebooks.py"), "--fresh", t.TempDir(), "--cell-limit", "20", path))
			if err == nil {
				t.Fatalf("the cell ended by itself:\n%s", said)
			}
			text, _ := os.ReadFile(mark)
			var pid int
			var state string
			if fmt.Sscan(string(text), &pid, &state); state != c.want {
				t.Errorf("the cell left %q, want %q\n%s", text, c.want, strings.TrimSpace(said))
			}
			for end := time.Now().Add(20 * time.Second); pid > 0 && syscall.Kill(pid, 0) == nil; time.Sleep(100 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("the cell's program %d is still there", pid)
				}
			}
		})
	}
}
