package data

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flowbook/journal/home"
)

// A set small enough for memory is worth more than its cache: where that can't be written, the set comes all the same.
func TestFullDiskCostsASmallSetOnlyItsCache(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	s := smallCIFAR(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), s.archive(t, "bin"))
	for _, room := range []int{0, 200000, 1 << 30} {
		train, test, err := s.load(From(dir), fillAfter(room))
		if err != nil || train.Len() != 100 || test.Len() != 20 {
			t.Errorf("room for %d bytes: %v, %v, %v", room, train, test, err)
		}
		if left, _ := filepath.Glob(filepath.Join(cacheDir(), "*.part*")); len(left) > 0 {
			t.Errorf("room for %d bytes: left %v", room, left)
		}
	}
	if caches, _ := filepath.Glob(filepath.Join(cacheDir(), "*.images")); len(caches) != 2 {
		t.Errorf("caches at the end: %v", caches)
	}
	blocked := t.TempDir()
	write(t, filepath.Join(blocked, "data"), []byte("a file where the folder should be"))
	t.Setenv("FLOWBOOK_HOME", blocked)
	if train, _, err := s.load(From(dir)); err != nil || train.Len() != 100 {
		t.Errorf("a home that cannot be written: %v, %v", train, err)
	}
}

// What a killed process left half written goes after a day; what another may still be writing stays.
func TestStalePartsAreRemoved(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	cache := cachePath("procedural-faces-1-2", home.Dir())
	old, fresh := cache+".part111", cache+".part222"
	write(t, old, []byte("x"))
	write(t, fresh, []byte("x"))
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if _, err := ProceduralFaces(1, 2); err != nil {
		t.Fatal(err)
	}
	if isFile(old) || !isFile(fresh) {
		t.Errorf("old part there: %v, fresh one: %v", isFile(old), isFile(fresh))
	}
}

// Several processes may decode the same set at once; each reader gets a whole one.
func TestCacheMadeTwiceAtOnce(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	done := make(chan error)
	const n = 4
	for range n {
		go func() {
			m, err := ProceduralFaces(5, 20)
			if err == nil {
				err = m.Verify()
			}
			if err == nil && m.Len() != 20 {
				err = fmt.Errorf("%d faces", m.Len())
			}
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(cacheDir(), "*")); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}
