//go:build !(linux && cgo && (amd64 || arm64))

package hostmemory

import "errors"

// Keep does nothing here: only Linux's way to load a library is known.
func Keep(string) error { return errors.New("it is not Linux on a processor that is known") }

// Reused is nothing here.
func Reused() int { return 0 }

// GiveBack has nothing to free here.
func GiveBack() {}
