//go:build unix

package lock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"flowbook/journal/fault"
)

// patience is how long [File] waits for another program: as long as a migration of a large journal may take.
var patience = time.Minute

// File holds the lock of a journal's file, so that only one program creates or migrates it at a time. A path of "" has none.
// The lock goes with the process, whatever ends it; one that is stopped keeps it, and then the error says so.
func File(ctx context.Context, path string) (unlock func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for since := time.Now(); ; {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			break
		}
		if time.Since(since) > patience {
			err = fmt.Errorf("%w: another program, perhaps a stopped one, has held %s.lock for %v; end it (fuser names it), or try again", fault.ErrBusy, path, patience)
			break
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	f.Close()
	return nil, err
}

// Hold makes a file that says who holds its lock, for others to see that this process lives; release removes it. Where the file system has no
// locks, the error says so.
func Hold(path, content string) (release func(), err error) {
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

// IsHeld tells whether the process that content names holds the lock of a file, and whether that is known: it is not where the file is
// not there, or is another's.
func IsHeld(path, content string) (held, known bool) {
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

// RemoveFree removes the file of Hold that a dead process left. It asks for a shared lock, as IsHeld does, so that two who look never
// take each other for the holder.
func RemoveFree(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) == nil {
		os.Remove(path)
	}
}

// MayRead tells whether a file is there that this user may read.
func MayRead(path string) bool { return unix.Access(path, unix.R_OK) == nil }

// MayWrite tells whether this user may write a file or folder.
func MayWrite(path string) bool { return unix.Access(path, unix.W_OK) == nil }

// A Folder is a folder that is somebody's as long as a process holds its lock.
type Folder struct{ *os.File }

// lockName is the file in a folder whose lock says that the folder is in use.
const lockName = ".in-use"

// Take takes the lock of a folder, which lasts as long as this process or one that it hands the file to lives.
func Take(dir string) (*Folder, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return &Folder{f}, nil
}

// Abandoned tells whether a folder was taken once, and nobody holds its lock.
func Abandoned(dir string) bool {
	f, err := os.Open(filepath.Join(dir, lockName))
	if err != nil {
		return false
	}
	defer f.Close()
	return unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) == nil
}
