package front

import (
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// Survive is the program of the survivor: it waits until the kernel has ended, which closes its input. Of a kernel that was
// killed it then ends what runs in the kernel's folder, and removes that. A kernel that ends by itself has done so.
func Survive(folder string) int {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	_, _ = io.Copy(io.Discard, os.Stdin)
	// A cell's program is interrupted by the process beside it, and may have its time for a checkpoint.
	for begin := time.Now(); exists(folder) && len(startedIn(folder)) > 0 && time.Since(begin) < patience+time.Second; {
		time.Sleep(100 * time.Millisecond)
	}
	for range 20 { // what is killed may have started something meanwhile
		left := startedIn(folder)
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		if len(left) == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	_ = os.RemoveAll(folder)
	return 0
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }

// survivor starts the process that clears up when this one is killed, and gives its number; 0 for none. It has a process group
// of its own, since Jupyter kills the kernel's.
func (f *folder) survivor() int {
	program, err := os.Executable()
	if err != nil {
		return 0
	}
	cmd := exec.Command(program, "survive", f.path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if f.lives, err = cmd.StdinPipe(); err != nil || cmd.Start() != nil {
		return 0
	}
	return cmd.Process.Pid
}
