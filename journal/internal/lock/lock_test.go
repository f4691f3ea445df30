//go:build unix

package lock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"flowbook/journal/fault"
)

// TestFileHeld asks for a lock that another holds and does not give back, as a program that was stopped: the wait ends, with the context or
// with an error that says what is held.
func TestFileHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	other, err := os.Create(path + ".lock")
	if err == nil {
		err = unix.Flock(int(other.Fd()), unix.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	patience = 20 * time.Millisecond
	defer func() { patience = time.Minute }()
	if _, err := File(t.Context(), path); !errors.Is(err, fault.ErrBusy) {
		t.Errorf("held by another: %v", err)
	}
	patience = time.Hour
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := File(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a context that ends: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, func() { other.Close() })
	unlock, err := File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
