//go:build !unix

package journal

import (
	"errors"
	"os"
)

// lockFile does nothing where there is no flock: there, do not let two programs create one journal at once.
func lockFile(string) (unlock func(), err error) { return func() {}, nil }

// holdFile, isHeld and removeFree know of no locks there: a run is known to live by its process or its last sign of life.
func holdFile(path, content string) (release func(), err error) { return nil, errors.ErrUnsupported }
func isHeld(path, content string) (held, known bool)            { return false, false }
func removeFree(string)                                         {}

// mayRead tells whether a file is there, as far as can be told without opening it.
func mayRead(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// mayWrite tells whether this user may write a file or folder, as far as its mode says.
func mayWrite(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode()&0o200 != 0
}
