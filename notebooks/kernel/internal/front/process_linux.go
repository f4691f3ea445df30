package front

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes processes whose parent ends children of this one, so that it can end them.
func adoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// endWithUs has the system kill a program when this process is killed.
func endWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// ignoresInterrupts tells whether a process is deaf to the stop button.
func ignoresInterrupts(pid int) bool {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, ignored, _ := bytes.Cut(status, []byte("\nSigIgn:\t"))
	ignored, _, _ = bytes.Cut(ignored, []byte("\n"))
	signals, _ := strconv.ParseUint(string(ignored), 16, 64)
	return signals&(1<<(syscall.SIGINT-1)) != 0
}

// startedIn lists the processes that have a folder, or one in it, for temporary files: what runs for the cells inherits that.
func startedIn(folder string) (pids []int) {
	all, _ := list()
	for _, p := range all {
		variables, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.pid))
		if !p.ended && bytes.Contains(append([]byte{0}, variables...), []byte("\x00TMPDIR="+folder+"/")) {
			pids = append(pids, p.pid)
		}
	}
	return pids
}
