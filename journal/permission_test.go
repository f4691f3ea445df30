//go:build linux

package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func init() { children["open"] = childOpen }

// childOpen says what comes of opening a journal.
func childOpen(url string) error {
	j, err := Open(url)
	if err == nil {
		return j.Close()
	}
	return fmt.Errorf("%v: %w", errors.Is(err, ErrPermission), err)
}

// TestOpenNoPermission opens journals that the user may not write, as another user when the tests run as root.
func TestOpenNoPermission(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "journal-permission-")
	must(t, err)
	defer os.RemoveAll(dir)
	j, err := Open(filepath.Join(dir, "journal.db"))
	must(t, err)
	must(t, j.Close())
	binary := filepath.Join(dir, "test")
	must(t, copyFile(os.Args[0], binary))
	must(t, os.Chmod(filepath.Join(dir, "journal.db"), 0o444))
	must(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o755)
	for _, name := range []string{"journal.db", "new.db", "sub/new.db"} {
		path := filepath.Join(dir, name)
		cmd := child("open", path)
		cmd.Path = binary
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.Output()
		if err == nil || !strings.HasPrefix(string(out), "error true: journal") || !strings.Contains(string(out), dir) {
			t.Errorf("%s: %v, the child says %s", name, err, out)
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
