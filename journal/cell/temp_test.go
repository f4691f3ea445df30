package cell

import (
	"context"
	"os"
)

var ctx = context.Background()

// tempDir is a folder for an example, and how to remove it.
func tempDir() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "journal-cell-")
	if err != nil {
		panic(err)
	}
	return dir, func() { os.RemoveAll(dir) }
}
