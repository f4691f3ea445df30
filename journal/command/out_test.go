package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandOut gives each command that writes a file a link and a device: the link stays, and its target is written.
func TestCommandOut(t *testing.T) {
	s := newShell(t)
	s.ok("run", "toy")
	s.ok("run", "toy", "rate=1")
	for name, args := range map[string][]string{
		"html":    {"export", "--out"},
		"csv":     {"export", "--format", "csv", "--out"},
		"jsonl":   {"export", "--format", "jsonl", "--out"},
		"compare": {"compare", "last", "last~1", "--html"},
		"copy":    {"copy"},
	} {
		link, target := filepath.Join(s.dir, name+".link"), filepath.Join(s.dir, name)
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		for range 2 { // there is no target at first, and then there is
			s.ok(append(args, link)...)
			if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("%s replaces the link", name)
			}
			if info, err := os.Stat(target); err != nil || info.Size() == 0 {
				t.Errorf("%s does not write the target: %v", name, err)
			}
			if name == "copy" { // its artifacts lie beside what the link names
				for _, path := range []string{link, target} {
					s.ok("verify", "--journal", path)
				}
				break
			}
			if code, _, errOut := s.call(append(args, os.Getenv("FLOWBOOK_JOURNAL"))...); code != Failed || !strings.Contains(errOut, "is a database") {
				t.Errorf("%s onto the journal itself: exit code %d, %s", name, code, errOut)
			}
			if code, _, errOut := s.call(append(args, os.DevNull)...); code != Done {
				t.Errorf("%s onto a device: %s", name, errOut)
			}
		}
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatal("the device is a file now")
	}
}

// TestCommandStdout writes to /dev/stdout while it goes to a file: the file holds the page and nothing else.
func TestCommandStdout(t *testing.T) {
	if _, err := os.Stat("/dev/stdout"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("there is no /dev/stdout")
	}
	s := newShell(t)
	s.ok("run", "toy")
	path := filepath.Join(s.dir, "out")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	link := filepath.Join(s.dir, "stdout")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if code := (Program{}).Run(t.Context(), []string{"export", "--format", "csv", "--out", link}, strings.NewReader(""), out, os.Stderr); code != Done {
		t.Fatalf("exit code %d", code)
	}
	if b, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(b), "run,experiment,") || strings.Contains(string(b), "wrote") {
		t.Errorf("the file holds %.100q, %v", b, err)
	}
}
