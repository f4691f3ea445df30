package command

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
	"flowbook/journal/store"
)

// TestNames resolves what people type: whole ids, their beginnings, last and last~1.
func TestNames(t *testing.T) {
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	n := names{"j", []store.Listed{ // the newest of each kind first
		{Kind: store.RunKind, ID: "abd0000000"},
		{Kind: store.RunKind, ID: "zzz0000000", Deleted: &early},
		{Kind: store.RunKind, ID: "abc1111111"},
		{Kind: store.RunKind, ID: "abc0000000"},
		{Kind: store.RunKind, ID: "yyy0000000", Deleted: &late},
		{Kind: store.EntryKind, ID: "abe0000000"},
		{Kind: store.EntryKind, ID: "ccc0000000"},
	}}
	for _, c := range []struct {
		find func(string) (string, error)
		name string
		want string
		err  error
	}{
		{n.run, "abc0000000", "abc0000000", nil}, {n.run, "ABD", "abd0000000", nil}, {n.run, " abd ", "abd0000000", nil}, {n.run, "z", "zzz0000000", nil},
		{n.run, "last", "abd0000000", nil}, {n.run, "last~1", "abc1111111", nil}, {n.run, "last~2", "abc0000000", nil},
		{n.run, "abc", "", journal.ErrAmbiguous}, {n.run, "abe", "", journal.ErrNotFound}, {n.run, "%", "", journal.ErrNotFound}, {n.run, "", "", journal.ErrInvalid},
		{n.run, "last~3", "", journal.ErrNotFound}, {n.run, "last~x", "", journal.ErrInvalid}, {n.run, "last1", "", journal.ErrInvalid}, {n.run, "last~-1", "", journal.ErrInvalid},
		{n.entry, "last", "abe0000000", nil}, {n.entry, "c", "ccc0000000", nil}, {n.entry, "abd", "", journal.ErrNotFound},
		{n.any, "abe", "abe0000000", nil}, {n.any, "abd", "abd0000000", nil}, {n.any, "last", "abd0000000", nil}, {n.any, "abc", "", journal.ErrAmbiguous}, {n.any, "x", "", journal.ErrNotFound},
		{n.trashed, "last", "yyy0000000", nil}, {n.trashed, "zz", "zzz0000000", nil},
	} {
		got, err := c.find(c.name)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q: %q, %v; want %q, %v", c.name, got, err, c.want, c.err)
		}
		if err != nil && !strings.Contains(err.Error(), strings.TrimSpace(c.name)) {
			t.Errorf("%q is not named: %v", c.name, err)
		}
	}
	if _, err := n.run("abc"); !strings.Contains(err.Error(), "abc0000000, abc1111111") {
		t.Errorf("the candidates are not named: %v", err)
	}
}

// TestNamesInText has the whole ids written into an entry and a note in the place of their beginnings.
func TestNamesInText(t *testing.T) {
	s := newShell(t)
	run := decoded[journal.Record](s, "run", "toy").ID
	e := decoded[journal.Entry](s, "entry", "-m", "see [it](run:"+run[:5]+") and run:zzzzzz")
	if e.Body != "see [it](run:"+run+") and run:zzzzzz" || !slices.Equal(e.Runs, []string{run}) {
		t.Errorf("the entry is %+v", e)
	}
	s.ok("note", "last", "-m", "as run:"+run[:4])
	if r := decoded[journal.Record](s, "show", run); r.Notes[0].Text != "as run:"+run {
		t.Errorf("the note is %q", r.Notes[0].Text)
	}
	if code, _, errOut := s.call("entry", "-m", "[it](run:last)"); code == Done || !strings.Contains(errOut, "run's id") {
		t.Errorf("a link to the last run: %d %q", code, errOut)
	}
}

// TestEachSaysWhatIsDone removes two runs of which the second may not be: that the first is gone is said, and so is why the second is not.
func TestEachSaysWhatIsDone(t *testing.T) {
	s := newShell(t)
	s.ok("run", "toy")
	j, err := journal.Open(os.Getenv("FLOWBOOK_JOURNAL"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	run, err := j.Begin(t.Context(), "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Finish(nil)
	code, out, errOut := s.call("rm", "last~1", "last")
	if code != Failed || !strings.Contains(out, "moved to the trash") || strings.Contains(out, run.ID) || !strings.Contains(errOut, "still running") {
		t.Errorf("exit code %d, %s, %s", code, out, errOut)
	}
}

// TestPlain leaves out what a terminal would obey.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{"a\nb\tc": "a b c", "\x1b[2Jx\u009b1m": "[2Jx1m", "1\u202e2\u2066": "12", "\xff": "\uFFFD", "é😀": "é😀"} {
		if got := plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
