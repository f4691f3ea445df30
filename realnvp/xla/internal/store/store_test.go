package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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

// What stands under a blob's name and is none is missing: a pipe, which would wait for a writer, a folder, a link that
// leads nowhere, a file of somebody else.
func TestWhatIsNoBlobIsMissing(t *testing.T) {
	blob := []byte("program")
	puts := map[string]func(path string) error{
		"a pipe":               func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":             func(path string) error { return os.Mkdir(path, 0o700) },
		"a link to nothing":    func(path string) error { return os.Symlink("nowhere", path) },
		"a link to itself":     func(path string) error { return os.Symlink(path, path) },
		"somebody else's file": nil,
	}
	for what, put := range puts {
		s := Store{t.TempDir(), 1 << 20}
		path := s.path(key("a"))
		if put != nil {
			if err := put(path); err != nil {
				t.Fatal(err)
			}
		} else {
			fill(t, s, "a", blob)
			if err := os.Chown(path, os.Geteuid()+1000, -1); err != nil {
				t.Logf("%s: not tried, only root gives files away: %v", what, err)
				continue
			}
		}
		if got := s.Get(key("a")); got != nil {
			t.Errorf("%s: got %q", what, got)
		}
		claim, err := s.Claim(key("a"))
		if err != nil {
			t.Fatal(err)
		}
		if err := claim.Fill(blob); (err != nil) != (what == "a folder") {
			t.Errorf("%s: %v", what, err)
		}
		if got := s.Get(key("a")); what != "a folder" && !bytes.Equal(got, blob) {
			t.Errorf("%s: after it was made again: %q", what, got)
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

// A process killed while it writes leaves one file, which neither hinders the next nor stays.
func TestKilledWhileWriting(t *testing.T) {
	if dir := os.Getenv("STORE_TEST_KILLED"); dir != "" {
		claim, err := Store{dir, 1 << 20}.Claim(key("a"))
		if err != nil {
			t.Fatal(err)
		}
		claim.file.Write([]byte("half"))
		fmt.Println("ready")
		time.Sleep(time.Minute)
	}
	s := Store{t.TempDir(), 1 << 20}
	for range 3 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledWhileWriting$")
		child.Env = append(os.Environ(), "STORE_TEST_KILLED="+s.Dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 5))
		child.Process.Kill()
		child.Wait()
		if all := names(t, s); len(all) != 1 || !strings.HasSuffix(all[0], part) {
			t.Errorf("left: %v", all)
		}
		if got := s.Get(key("a")); got != nil {
			t.Errorf("got %q", got)
		}
	}
	fill(t, s, "b", []byte("other")) // sweeps
	if all := names(t, s); len(all) != 1 || s.Get(key("b")) == nil {
		t.Errorf("left: %v", all)
	}
	fill(t, s, "a", []byte("program"))
	if got := s.Get(key("a")); string(got) != "program" {
		t.Errorf("got %q", got)
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := Store{filepath.Join(file, "cache"), 1 << 20}
	if got := s.Get(key("a")); got != nil {
		t.Errorf("got %q", got)
	}
	if _, err := s.Claim(key("a")); err == nil {
		t.Error("there is no folder, and no error")
	}
	if runtime.GOOS == "linux" { // a folder in which nobody can make a file, not even root
		if _, err := (Store{"/proc/self", 1 << 20}).Claim(key("a")); err == nil {
			t.Error("nothing can be written, and no error")
		}
	}
}

// A disk that is full after some bytes, as a limit on the size of files makes one: an error, and nothing is left there.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv("STORE_TEST_FULL"); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}); err != nil {
			t.Fatal(err)
		}
		s := Store{dir, 1 << 20}
		claim, err := s.Claim(key("a"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("said:", claim.Fill(make([]byte, 5000)))
		fill(t, s, "small", []byte("program"))
		return
	}
	s := Store{t.TempDir(), 1 << 20}
	child := exec.Command(os.Args[0], "-test.run=^TestFullDisk$")
	child.Env = append(os.Environ(), "STORE_TEST_FULL="+s.Dir)
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "said: write ") {
		t.Errorf("%v: %s", err, out)
	}
	if all := names(t, s); len(all) != 1 || s.Get(key("small")) == nil {
		t.Errorf("left: %v", all)
	}
}
