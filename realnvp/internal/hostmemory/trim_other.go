//go:build !linux || !cgo

package hostmemory

import "runtime/debug"

// Trim gives Go's freed memory back to the system.
func Trim() { debug.FreeOSMemory() }
