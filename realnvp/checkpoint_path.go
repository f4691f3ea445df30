package realnvp

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tryPath says why a checkpoint could not be written to path, before there is one to write, and makes room for it.
func tryPath(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("it is there and no plain file (%s)", info.Mode())
	}
	target, err := linkTarget(path)
	if err != nil {
		return err
	}
	f, err := createBeside(target)
	if err != nil {
		return err
	}
	clearAway(target)
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// abandoned is how old a file beside a checkpoint is that nobody is writing any more.
const abandoned = time.Hour

// clearAway removes what processes that were killed while they saved to path left beside it.
func clearAway(path string) {
	folder, name := filepath.Split(path)
	entries, _ := os.ReadDir(cmp.Or(folder, "."))
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), "."+name+".")
		if _, err := strconv.ParseUint(number, 10, 64); !ours || err != nil { // os.CreateTemp ends names in a number
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// linkTarget is where a path leads in the end: itself, or what the symbolic links at it name, which need not be there.
func linkTarget(path string) (string, error) {
	const most = 40 // as many links as Linux follows
	for range most {
		to, err := os.Readlink(path)
		if err != nil { // it is no link
			return path, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("its symbolic links lead in a circle")
}

// createBeside makes the file that is to be renamed to path, and its folder.
func createBeside(path string) (*os.File, error) {
	folder, name := filepath.Split(path)
	switch {
	case path == "":
		return nil, errors.New("the path is empty; name a file")
	case name == "":
		return nil, errors.New("it names a folder; name a file in it")
	}
	if folder == "" {
		folder = "."
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	return os.CreateTemp(folder, "."+name+".*")
}

// writeAtomically writes a file beside path, syncs it, and renames it over path; where path is a symbolic link, over the
// file that it leads to.
func writeAtomically(path string, write func(*os.File) error) error {
	path, err := linkTarget(path)
	if err != nil {
		return err
	}
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // which fails after the rename, as it should
	if err := errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		defer dir.Close()
		_ = dir.Sync() // some file systems cannot sync a folder
	}
	return nil
}
