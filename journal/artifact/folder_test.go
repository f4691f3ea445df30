package artifact

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFolder puts, opens, lists and deletes.
func TestFolder(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "a b", "artifacts")
	s, err := Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(ctx, "ab/abcd"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key that is not there: %v", err)
	}
	count := func() (keys []string) {
		if err := s.List(ctx, func(i Info) error { keys = append(keys, i.Key); return nil }); err != nil {
			t.Error(err)
		}
		return keys
	}
	if len(count()) != 0 {
		t.Error("a folder that is not there has keys")
	}
	for _, text := range []string{"", "one", strings.Repeat("large", 1<<20), "one again"} {
		if err := s.Put(ctx, "ab/abcd", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		r, err := s.Open(ctx, "ab/abcd")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		r.Close()
		info, statErr := s.Stat(ctx, "ab/abcd")
		if err != nil || string(got) != text || statErr != nil || info.Size != int64(len(text)) || info.ModTime.IsZero() {
			t.Errorf("%d bytes of %d, %v; %+v, %v", len(got), len(text), err, info, statErr)
		}
	}
	broken := errors.New("broken")
	if err := s.Put(ctx, "cd/cdef", io.MultiReader(strings.NewReader("half"), reading(func([]byte) (int, error) { return 0, broken }))); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Put(done, "cd/cdef", bytes.NewReader(nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	if keys := count(); strings.Join(keys, " ") != "ab/abcd" {
		t.Errorf("keys %q", keys)
	}
	if b, err := os.ReadFile(filepath.Join(dir, ".gitignore")); err != nil || string(b) != "*\n" {
		t.Errorf(".gitignore: %q %v", b, err)
	}
	if err := s.Delete(ctx, "ab/abcd"); err != nil || len(count()) != 0 {
		t.Errorf("delete: %v", err)
	}
	if err := s.Delete(ctx, "ab/abcd"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("delete again: %v", err)
	}
	if _, err := Open(ctx, "nonesuch://x"); !errors.Is(err, ErrNoStore) {
		t.Errorf("an unknown kind: %v", err)
	}
}

// TestRefused demands that what a refused Put has written takes no room, even where another program has the file open, as one that is just
// being started has.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	var held *os.File
	broken := errors.New("broken")
	hold := reading(func([]byte) (int, error) {
		files, err := filepath.Glob(filepath.Join(dir, "ab", "*"+unfinished))
		if err != nil || len(files) != 1 {
			t.Fatalf("files %q, %v", files, err)
		}
		if held, err = os.Open(files[0]); err != nil {
			t.Fatal(err)
		}
		return 0, broken
	})
	if err := NewFolder(dir).Put(context.Background(), "ab/abcd", io.MultiReader(strings.NewReader("half"), hold)); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	defer held.Close()
	if info, err := held.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("it takes %d bytes, %v", info.Size(), err)
	}
}

type reading func([]byte) (int, error)

func (r reading) Read(p []byte) (int, error) { return r(p) }
