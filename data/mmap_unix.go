//go:build unix

package data

import (
	"os"
	"syscall"
)

// mapFile is the file's content, read from disk as it is touched. It stays mapped as long as the process lives, since
// any slice may still point into it.
func mapFile(f *os.File, size int64) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
}
