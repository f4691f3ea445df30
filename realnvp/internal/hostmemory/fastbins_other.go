//go:build !linux || !cgo

package hostmemory

// NoFastBins does nothing here: it is glibc that has such pieces.
func NoFastBins() bool { return false }
