//go:build unix

package journal

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lockFile holds the lock of a journal file, so that only one program creates or migrates it at a time.
// The lock goes with the process, whatever ends it.
func lockFile(path string) (unlock func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// holdFile makes a file that says who holds its lock, for others to see that this process lives; release removes it. Where the file system has no
// locks, the error says so.
func holdFile(path, content string) (release func(), err error) {
	for range 50 {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil && isThere(f, path) {
			if _, err := f.WriteString(content); err != nil {
				f.Close()
				os.Remove(path)
				return nil, err
			}
			return func() { os.Remove(path); f.Close() }, nil
		}
		f.Close()
		if err != nil && !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			os.Remove(path)
			return nil, err
		}
		time.Sleep(2 * time.Millisecond) // somebody looks whether it is held, or has just removed it
	}
	return nil, unix.EWOULDBLOCK
}

// isThere tells whether an open file still has its name.
func isThere(f *os.File, path string) bool {
	a, errA := f.Stat()
	b, errB := os.Stat(path)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// isHeld tells whether the process that content names holds the lock of a file, and whether that is known: it is not where the file is
// not there, or is another's.
func isHeld(path, content string) (held, known bool) {
	f, err := os.Open(path)
	if err != nil {
		return false, false
	}
	defer f.Close()
	if b, err := io.ReadAll(io.LimitReader(f, 4096)); err != nil || string(b) != content {
		return false, false
	}
	switch err := unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB); {
	case err == nil:
		return false, true
	case errors.Is(err, unix.EWOULDBLOCK):
		return true, true
	}
	return false, false
}

// removeFree removes the file of holdFile that a dead process left. It asks for a shared lock, as isHeld does, so that two who look never
// take each other for the holder.
func removeFree(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) == nil {
		os.Remove(path)
	}
}

// mayRead tells whether a file is there that this user may read.
func mayRead(path string) bool { return unix.Access(path, unix.R_OK) == nil }

// mayWrite tells whether this user may write a file or folder.
func mayWrite(path string) bool { return unix.Access(path, unix.W_OK) == nil }
