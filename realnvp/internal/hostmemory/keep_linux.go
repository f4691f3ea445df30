//go:build linux && cgo && (amd64 || arm64)

package hostmemory

// #include "keep.h"
// #include <stdlib.h>
import "C"

import (
	"errors"
	"os"
	"unsafe"
)

// Keep has a library that is loaded, XLA's plugin for the CPU, keep the large block that it freed last for when it wants
// one like it again. XLA takes the memory of each step anew, 280 MB for MNIST's small net, and the C library takes that
// from the system and gives it back: each time the system fills it with zeros.
//
// Calls of that library are led here, and nobody else's; where that is not possible, the error says why and nothing is
// changed. FLOWBOOK_XLA_KEEP=off leaves everything as it is.
func Keep(library string) error {
	if os.Getenv("FLOWBOOK_XLA_KEEP") == "off" {
		return errors.New("FLOWBOOK_XLA_KEEP=off")
	}
	if library == "" {
		return errors.New("there is no library")
	}
	path := C.CString(library)
	defer C.free(unsafe.Pointer(path))
	if said := C.keep_large(path); said != nil {
		return errors.New(C.GoString(said))
	}
	return nil
}

// Reused is how often a block was taken again.
func Reused() int { return int(C.keep_reused()) }

// GiveBack frees what is kept: when a training has ended, say.
func GiveBack() { C.keep_none() }
