package machine

// #include "processor.h"
import "C"

// libc is the C library's version.
func libc() string { return C.GoString(C.libc_version()) }
