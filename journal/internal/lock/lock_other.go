//go:build !unix

package lock

import (
	"context"
	"errors"
	"os"
)

// File does nothing where there is no flock: there, do not let two programs create one journal at once.
func File(context.Context, string) (unlock func(), err error) { return func() {}, nil }

// Hold, IsHeld and RemoveFree know of no locks there: a run is known to live by its process or its last sign of life.
func Hold(path, content string) (release func(), err error) { return nil, errors.ErrUnsupported }
func IsHeld(path, content string) (held, known bool)        { return false, false }
func RemoveFree(string)                                     {}

// MayRead tells whether a file is there, as far as can be told without opening it.
func MayRead(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// MayWrite tells whether this user may write a file or folder, as far as its mode says.
func MayWrite(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode()&0o200 != 0
}

// A Folder is a folder in use. There are no locks there: one that a dead process left stays.
type Folder struct{ *os.File }

// Take and Abandoned know of no locks there.
func Take(string) (*Folder, error) { return &Folder{}, nil }
func Abandoned(string) bool        { return false }
