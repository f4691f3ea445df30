package command

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestFlagValues gives flags values that make no sense; each is named, and nothing is done.
func TestFlagValues(t *testing.T) {
	s := newShell(t)
	s.ok("run", "toy")
	page := filepath.Join(s.dir, "page.html")
	for _, call := range [][]string{
		{"ls", "--limit", "-1"}, {"export", "--out", page, "--max-bytes", "-3"}, {"export", "--out", page, "--format", "nope"},
		{"run", "toy", "rate=NaN"}, {"run", "toy", "--seed", "1.5"}, {"run", "toy", "--system", "-5s"}, {"run", "toy", "--tag", " "},
		{"gc", "--older", "-1h"}, {"ls", "--since", "soon"}, {"sweep", "toy", "--random", "0", "rate=1..2:lin"}, {"work", "--workers", "-1"},
	} {
		code, _, errOut := s.call(call...)
		if code != 2 || !strings.HasPrefix(errOut, "journal: ") {
			t.Errorf("journal %q: exit code %d, %s", call, code, errOut)
		}
	}
	if runs := s.ok("ls"); strings.Count(runs, "\n") != 2 {
		t.Errorf("a refused call left a run:\n%s", runs)
	}
}

// TestOddPaths records in journals whose paths hold what URLs and shells give a meaning, and reads them by the same paths.
func TestOddPaths(t *testing.T) {
	s := newShell(t)
	for _, name := range []string{"a b%20?.db", "x#y.db", "q'u\"o.db", "ünï/journal.db", "no ending"} {
		path := filepath.Join(s.dir, name)
		s.ok("run", "toy", "--journal", path)
		s.has(s.ok("ls", "--journal", path), "toy", "finished")
		s.has(s.ok("verify", "--journal", path), "all whole")
		copied := path + "-copy?.db"
		s.ok("copy", copied, "--journal", path)
		s.has(s.ok("ls", "--journal", copied), "toy", "finished")
	}
}
