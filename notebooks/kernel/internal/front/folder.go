package front

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"flowbook/notebooks/kernel/internal/gotext"
)

const (
	logName = "kernel.log"
	cells   = "cells" // what the GoNB that runs the cells calls its folder for temporary files
)

// folder is where a kernel and its cells keep their temporary files: one for each kernel, in flowbook's state folder. A
// kernel that ends removes its own, and one that starts removes those of kernels that could not.
type folder struct {
	path  string
	lock  *os.File
	log   *os.File
	from  int64     // where this kernel's part of the log begins
	lives io.Closer // open while this kernel lives
}

// longest is how long the folder's path may be: gopls listens on a socket in it, whose name may not have over 107 bytes.
const longest = 75

func newFolder(home string) (*folder, error) {
	all := filepath.Join(home, "kernels")
	if err := os.MkdirAll(all, 0o755); err != nil {
		return nil, fmt.Errorf("no room for the kernel's files: %w", err)
	}
	alone, err := os.Open(all)
	if err == nil {
		err = syscall.Flock(int(alone.Fd()), syscall.LOCK_EX) // else another kernel's folder could be seen before it is locked
	}
	if err != nil {
		return nil, fmt.Errorf("the kernels' folder cannot be locked: %w", err)
	}
	defer alone.Close()
	removeLeft(all)
	path := filepath.Join(all, fmt.Sprint(os.Getpid()))
	if len(path) > longest {
		short, err := os.MkdirTemp("", "flowbook-")
		if err != nil {
			return nil, fmt.Errorf("no room for the kernel's files: %w", err)
		}
		_ = os.Symlink(short, path)
		path = short
	} else if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("no room for the kernel's files: %w", err)
	}
	lock, err := os.Create(filepath.Join(path, "lock"))
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return nil, fmt.Errorf("the kernel's files cannot be locked: %w", err)
	}
	log, err := openLog(filepath.Join(home, "log", logName))
	if err != nil {
		return nil, err
	}
	from, err := log.Seek(0, io.SeekEnd)
	return &folder{path: path, lock: lock, log: log, from: from}, err
}

// logTail is the end of what has come to the log since this kernel began.
func (f *folder) logTail() string {
	text, _ := os.ReadFile(f.log.Name())
	text = text[min(int(f.from), len(text)):]
	return strings.TrimSpace(string(text[max(0, len(text)-2000):]))
}

// removeLeft removes the folders whose kernel is gone: nobody holds their lock.
func removeLeft(all string) {
	left, _ := filepath.Glob(filepath.Join(all, "*"))
	for _, path := range left {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			_ = os.Remove(path) // to a folder that is gone
			continue
		}
		lock, err := os.Open(filepath.Join(real, "lock"))
		if err == nil {
			err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
			lock.Close()
			if err != nil {
				continue
			}
		}
		_ = os.RemoveAll(real)
		_ = os.Remove(path)
	}
}

// openLog opens the log to add to it; one that has become long begins anew.
func openLog(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("no room for the kernel's log: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 1<<20 {
		_ = os.Remove(path)
	}
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
}

// stopped is the file that tells the shell commands of a cell that the cell was stopped: see [gotext.Stopped].
func (f *folder) stopped() string { return filepath.Join(f.path, cells, gotext.Stopped) }

func (f *folder) markStopped()   { _ = os.WriteFile(f.stopped(), nil, 0o644) }
func (f *folder) unmarkStopped() { _ = os.Remove(f.stopped()) }

func (f *folder) remove() {
	if f == nil {
		return
	}
	_ = os.RemoveAll(f.path)
	_ = os.Remove(filepath.Join(filepath.Dir(f.path), fmt.Sprint(os.Getpid())))
}
