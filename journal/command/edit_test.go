//go:build unix

package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
)

// TestEditor writes a note and an entry in editors, also in some that fail: what was written in one is on the run, or in a file that the error
// names.
func TestEditor(t *testing.T) {
	s := newShell(t)
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("VISUAL", "")
	s.ok("run", "toy")
	s.ok("entry", "--title", "T", "-m", "old")
	entry := decoded[[]journal.Entry](s, "entries")[0].ID
	spaced := filepath.Join(t.TempDir(), "my editor")
	if err := os.WriteFile(spaced, []byte("#!/bin/sh\nprintf spaced >\"$2\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	meanwhile := "JOURNAL_COMMAND=1 " + os.Args[0] + " entry " + entry + " -m other; printf mine >"
	for _, c := range []struct{ editor, does, kept, says string }{
		{"false", "note", "", "exit status 1"},
		{"/nonexistent/editor", "note", "", "/nonexistent/editor"},
		{"truncate -s0", "note", "", "nothing is written"},
		{"rm", "note", "", "no such file"},
		{"sh -c 'printf lost >$0; exit 1'", "note", "lost", "exit status 1"},
		{"printf 'see run:last~1' >", "note", "see run:last~1", "run:last~1"},
		{"printf 'see run:last' >", "entry", "see run:last", "run:last"},
		{meanwhile, "entry", "mine", "changed meanwhile"},
		{"'" + spaced + "' --wait", "note", "", ""},
		{"printf fine >", "entry", "", ""},
	} {
		t.Setenv("EDITOR", c.editor)
		args := map[string][]string{"note": {"note", "last"}, "entry": {"entry", entry}}[c.does]
		terminal, err := os.Open(os.DevNull) // a device of characters, as a terminal is
		if err != nil {
			t.Fatal(err)
		}
		var out, errOut bytes.Buffer
		code := Program{}.Run(context.Background(), args, terminal, &out, &errOut)
		terminal.Close()
		if (code == Done) != (c.says == "") || !strings.Contains(errOut.String(), c.says) {
			t.Errorf("%s: exit code %d, %s", c.editor, code, &errOut)
		}
		found, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "journal-*.md"))
		kept := ""
		for _, f := range found {
			b, err := os.ReadFile(f)
			if err != nil || !strings.Contains(errOut.String(), f) {
				t.Errorf("%s: the error does not name %s: %s, %v", c.editor, f, &errOut, err)
			}
			kept = string(b)
			os.Remove(f)
		}
		if kept != c.kept {
			t.Errorf("%s: kept is %q, want %q", c.editor, kept, c.kept)
		}
	}
	s.has(s.ok("show", "last"), "spaced")
	if e := decoded[[]journal.Entry](s, "entries")[0]; e.Body != "fine" || e.Title != "T" {
		t.Errorf("the entry is %+v", e)
	}
}
