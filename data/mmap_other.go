//go:build !unix

package data

import (
	"io"
	"os"
)

// mapFile reads the file whole, where the system has no mmap of the unix kind.
func mapFile(f *os.File, size int64) ([]byte, error) {
	content := make([]byte, size)
	_, err := io.ReadFull(io.NewSectionReader(f, 0, size), content)
	return content, err
}
