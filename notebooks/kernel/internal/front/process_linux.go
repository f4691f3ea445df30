package front

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes processes whose parent ends children of this one, so that it can end them.
func adoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// endWithUs has the system kill a program when this process is killed.
func endWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
