//go:build unix

package outfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"flowbook/journal/fault"
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

// TestLeft names what is not to be written: a database, its write-ahead log, a file that this user may not write, a name that only a folder
// can have. All stay as they are.
func TestLeft(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, begin := range map[string]string{"journal.db": "SQLite format 3\x00", "journal.db-wal": "\x37\x7f\x06\x82"} {
		must(t, os.WriteFile(at(name), []byte(begin+"all that was recorded"), 0o644))
		must(t, os.Symlink(name, at(name+".link")))
		for _, path := range []string{name, name + ".link"} {
			if err := Write(at(path), text("<html>")); err == nil {
				t.Errorf("%s is overwritten", path)
			}
			holds(t, at(name), begin+"all that was recorded")
		}
	}
	must(t, os.WriteFile(at("protected"), []byte("old"), 0o444))
	if err := Write(at("protected"), text("new")); (err == nil) != (os.Getuid() == 0) {
		t.Errorf("a write-protected file: %v", err)
	}
	if err := Write(at("new")+"/", text("x")); err == nil {
		t.Error("a name that ends in / is written")
	}
	if _, err := os.Stat(at("new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder is made for it: %v", err)
	}
}

// TestNew makes files that are not there, in folders that are not there, and removes nothing that lies beside them.
func TestNew(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put := func(s string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(s), 0o644) }
	}
	must(t, os.WriteFile(at("a.part"), []byte("somebody's"), 0o644))
	must(t, os.Symlink(filepath.Join("far", "file"), at("link")))
	for path, lies := range map[string]string{"a": "a", "b/c/d": "b/c/d", "link": "far/file"} {
		must(t, New(at(path), put(path)))
		holds(t, at(lies), path)
	}
	holds(t, at("a.part"), "somebody's")
	failed := errors.New("failed")
	if err := New(at("never"), func(string) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("the error is %v", err)
	}
	for _, path := range []string{at("a"), dir, at("never") + "/", ""} {
		if err := New(path, put("new")); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%q: %v", path, err)
		}
	}
	holds(t, at("a"), "a")
	if found, _ := filepath.Glob(at(".*")); len(found) > 0 {
		t.Errorf("left: %q", found)
	}
}

// TestFolder makes a folder by its name and through a link, and takes no file for one.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Symlink("real", filepath.Join(dir, "link")))
	must(t, Folder(filepath.Join(dir, "link")))
	must(t, Folder(filepath.Join(dir, "a", "b")))
	if info, err := os.Stat(filepath.Join(dir, "real")); err != nil || !info.IsDir() {
		t.Errorf("the link leads to no folder: %v", err)
	}
	if err := Folder(os.DevNull); err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Errorf("a device: %v", err)
	}
}
