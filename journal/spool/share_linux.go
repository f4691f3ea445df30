package spool

import (
	"os"

	"golang.org/x/sys/unix"
)

// share makes a file n bytes long and returns them as memory that the file and the process share, with room for all of it taken on the disk;
// nil where that cannot be had, and then the file is empty.
func share(f *os.File, n int) []byte {
	if f.Truncate(int64(n)) != nil {
		return nil
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err == nil {
		if err = unix.Madvise(memory, unix.MADV_POPULATE_WRITE); err == nil {
			return memory
		}
		unshare(memory)
	}
	f.Truncate(0)
	return nil
}

func unshare(memory []byte) { unix.Munmap(memory) }
