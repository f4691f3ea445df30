//go:build unix

package outfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v, want %q", path, got, err, want)
	}
}

// TestLinks writes through symbolic links, of links too, to files that are there or not, and through hard links.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.WriteFile(at("file"), []byte("old"), 0o640))
	must(t, os.Symlink("file", at("link")))
	must(t, os.Symlink(at("link"), at("second")))
	must(t, os.Symlink(filepath.Join("new", "file"), at("dangling")))
	must(t, os.Symlink("round", at("round")))
	for _, name := range []string{"link", "second", "dangling"} {
		must(t, Write(at(name), text("by "+name)))
		holds(t, at(name), "by "+name)
		if info, err := os.Lstat(at(name)); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", name)
		}
	}
	holds(t, at("file"), "by second")
	holds(t, at("new/file"), "by dangling")
	if info, err := os.Stat(at("file")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the rights are %v", info.Mode())
	}
	if err := Write(at("round"), text("x")); err == nil {
		t.Error("a link to itself is written")
	}
	must(t, os.Link(at("file"), at("hard")))
	must(t, Write(at("hard"), text("by hard")))
	holds(t, at("file"), "by hard")
	must(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o755)
	must(t, Write(at("file"), text("in a folder that may not be written")))
	holds(t, at("hard"), "in a folder that may not be written")
}

// TestDevices writes to a device and into a pipe with a name.
func TestDevices(t *testing.T) {
	must(t, Write(os.DevNull, text("x")))
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatal("the device is a file now")
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipe can be made: ", err)
	}
	got := make(chan string)
	go func() { b, _ := os.ReadFile(pipe); got <- string(b) }()
	must(t, Write(pipe, text("through")))
	if s := <-got; s != "through" {
		t.Errorf("the pipe gave %q", s)
	}
}

// TestWhole holds that a write that fails leaves the old file, and nothing beside it.
func TestWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	must(t, Write(path, text("old")))
	failed := errors.New("failed")
	if err := Write(path, func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return failed }); !errors.Is(err, failed) {
		t.Errorf("the error is %v", err)
	}
	holds(t, path, "old")
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	if err := Write(dir, text("x")); err == nil {
		t.Error("a folder is written")
	}
}
