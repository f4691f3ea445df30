package xla

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Folder is where compiled programs are kept: the folder that FLOWBOOK_XLA_CACHE names, else xla-cache in FLOWBOOK_HOME.
// It is empty, and nothing is kept, where FLOWBOOK_XLA_CACHE is "off" or neither is set.
func Folder() string {
	dir := os.Getenv("FLOWBOOK_XLA_CACHE")
	if home := os.Getenv("FLOWBOOK_HOME"); dir == "" && home != "" {
		dir = filepath.Join(home, "xla-cache")
	}
	if strings.EqualFold(dir, "off") || dir == "" {
		return ""
	}
	if absolute, err := filepath.Abs(dir); err == nil {
		return absolute
	}
	return dir
}

var once sync.Once

// say tells of the first thing that kept a program from the cache.
func say(dir string, err error) {
	once.Do(func() {
		fmt.Fprintf(os.Stderr, "flowbook: compiled programs are not kept in %s (%v); XLA compiles them anew, FLOWBOOK_XLA_CACHE=off says nothing of it\n", dir, err)
	})
}
