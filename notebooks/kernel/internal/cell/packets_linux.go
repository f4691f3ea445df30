package cell

import (
	"os"

	"golang.org/x/sys/unix"
)

// inPackets makes a pipe hand over each write by itself, however much of it is read at once. What is no pipe stays as it is.
func inPackets(f *os.File) {
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	if flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0); err == nil {
		_, _ = unix.FcntlInt(f.Fd(), unix.F_SETFL, flags|unix.O_DIRECT)
	}
}
