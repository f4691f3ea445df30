//go:build linux && cgo

package hostmemory_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"flowbook/realnvp/internal/hostmemory"
)

func TestNoFastBins(t *testing.T) {
	if !hostmemory.NoFastBins() {
		t.Error("the C library did not take it")
	}
}

func TestKeepSaysWhatItCannot(t *testing.T) {
	for _, library := range []string{"", "/no/such/library.so"} {
		if err := hostmemory.Keep(library); err == nil {
			t.Errorf("Keep(%q): no error", library)
		}
	}
}

func TestTrimGivesBackFreedMemory(t *testing.T) {
	blocks := make([][]byte, 200)
	for i := range blocks {
		blocks[i] = make([]byte, 1<<20)
		for at := 0; at < len(blocks[i]); at += 4096 {
			blocks[i][at] = 1
		}
	}
	full := resident(t)
	clear(blocks)
	hostmemory.Trim()
	if now := resident(t); full-now < 100<<20 {
		t.Errorf("resident memory went from %d to %d MB after 200 MB were freed", full>>20, now>>20)
	}
}

func resident(t *testing.T) int {
	t.Helper()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
