package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func key(name string) Key { return sha256.Sum256([]byte(name)) }

func fill(t *testing.T, s Store, name string, blob []byte) {
	t.Helper()
	claim, err := s.Claim(key(name))
	if err != nil {
		t.Fatal(err)
	}
	if err := claim.Fill(blob); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, s Store) []string {
	t.Helper()
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestFilledIsGot(t *testing.T) {
	s := Store{filepath.Join(t.TempDir(), "new"), 1 << 20}
	if got := s.Get(key("a")); got != nil {
		t.Errorf("before it was made there is %q", got)
	}
	fill(t, s, "a", []byte("program"))
	fill(t, s, "b", nil)
	if got := s.Get(key("a")); string(got) != "program" {
		t.Errorf("got %q", got)
	}
	if got := s.Get(key("b")); got == nil || len(got) != 0 {
		t.Errorf("an empty blob is %v, not there and empty", got)
	}
	s.Remove(key("a"))
	if got := s.Get(key("a")); got != nil {
		t.Errorf("after it was removed there is %q", got)
	}
}

// Each byte of a file flipped, each shorter length, and bytes after its end: nothing of it is ever returned.
func TestDamagedIsMissing(t *testing.T) {
	s := Store{t.TempDir(), 1 << 20}
	fill(t, s, "a", []byte("program"))
	path := s.path(key("a"))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, damaged []byte) {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := s.Get(key("a")); got != nil {
			t.Errorf("%s: got %q", what, got)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s: the file is still there", what)
		}
	}
	for i := range whole {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1
		check(fmt.Sprintf("byte %d flipped", i), flipped)
		check(fmt.Sprintf("cut after %d bytes", i), whole[:i])
	}
	check("longer", append(bytes.Clone(whole), 0))
	other := s.path(key("b"))
	if err := os.WriteFile(other, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.Get(key("b")); got != nil {
		t.Errorf("a file under another key's name: got %q", got)
	}
}

func TestLeastRecentlyUsedGoes(t *testing.T) {
	s := Store{t.TempDir(), 3 * int64(header+1000)}
	for i, name := range []string{"a", "b", "c"} {
		fill(t, s, name, make([]byte, 1000))
		old := time.Now().Add(time.Duration(i-10) * time.Hour)
		os.Chtimes(s.path(key(name)), old, old)
	}
	s.Get(key("a"))
	fill(t, s, "d", make([]byte, 1000))
	for name, kept := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if got := s.Get(key(name)) != nil; got != kept {
			t.Errorf("%s is kept: %v", name, got)
		}
	}
	claim, err := s.Claim(key("large"))
	if err != nil {
		t.Fatal(err)
	}
	if err := claim.Fill(make([]byte, 4000)); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a blob larger than all: %v", err)
	}
	if all := names(t, s); len(all) != 3 {
		t.Errorf("left: %v", all)
	}
}

// A file whose time is years ahead, by a clock that was wrong, is not kept before all that is used.
func TestClockThatWasWrong(t *testing.T) {
	s := Store{t.TempDir(), 2 * int64(header+1000)}
	for _, name := range []string{"a", "b"} {
		fill(t, s, name, make([]byte, 1000))
		ahead := time.Now().AddDate(10, 0, 0)
		os.Chtimes(s.path(key(name)), ahead, ahead)
	}
	s.Get(key("a")) // has its right time from now on
	fill(t, s, "c", make([]byte, 1000))
	for name, kept := range map[string]bool{"a": true, "b": false, "c": true} {
		if got := s.Get(key(name)) != nil; got != kept {
			t.Errorf("%s is kept: %v", name, got)
		}
	}
}

// Many at once, here goroutines with open files of their own: one makes, the others find what it made.
func TestMadeOnce(t *testing.T) {
	s := Store{t.TempDir(), 1 << 20}
	var made atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			claim, err := s.Claim(key("a"))
			if err != nil {
				t.Error(err)
				return
			}
			if claim.Waited && s.Get(key("a")) != nil {
				claim.Drop()
				return
			}
			time.Sleep(30 * time.Millisecond)
			made.Add(1)
			if err := claim.Fill([]byte("program")); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
	if all := names(t, s); len(all) != 1 {
		t.Errorf("left: %v", all)
	}
}
