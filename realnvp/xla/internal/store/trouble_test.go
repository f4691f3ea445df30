package store

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

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
