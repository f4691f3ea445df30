//go:build linux && cgo

package hostmemory

/*
// Weak, since other C libraries than glibc may have no mallopt.
int mallopt(int what, int value) __attribute__((weak));
static int no_fast_bins(void) {
  const int M_MXFAST = 1;
  return mallopt ? mallopt(M_MXFAST, 0) : 0;
}
*/
import "C"

// NoFastBins has the C library join freed memory at once, and says whether it does. glibc else puts small pieces aside,
// and goes through all of them whenever a large one is freed: XLA, which has millions of the ones among many of the
// others, loads a small net's program in up to a sixth less time without that (realnvp/bench/README.md).
func NoFastBins() bool { return C.no_fast_bins() == 1 }
