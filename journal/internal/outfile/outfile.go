// Package outfile writes the files that a user names: whole or not at all, through links, and onto devices and pipes.
package outfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/fault"
	"flowbook/journal/internal/lock"
)

// Write has write fill the file at a path, whole or not at all: a new file takes the place of the old once it is written, with the rights
// of the old one. A symbolic link stays and its target is written; a file that has other names (hard links), or whose folder may not be
// written, is filled in place once all is there. Into what is no file, such as a device or a pipe, the bytes go as they come. Folders on
// the way are made. A database, as a journal is, and a file that this user may not write are left as they are.
func Write(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir(), isFolderName(path):
		return fmt.Errorf("%s is a folder; name a file in it", path)
	case err == nil && !info.Mode().IsRegular():
		return into(path, write)
	case err == nil && !lock.MayWrite(path):
		return fmt.Errorf("%s is write-protected; name another file, or give yourself the right to write it", path)
	case err == nil && isDatabase(path):
		return fmt.Errorf("%s is a database, as journals are, and would be lost; name another file", path)
	}
	target, err := place(path)
	if err != nil {
		return err
	}
	part, err := temporary(filepath.Dir(target), filepath.Base(target))
	inPlace := info != nil && (err != nil || links(info) > 1 || strings.HasPrefix(target, "/proc/"))
	if err != nil && inPlace {
		part, err = temporary(os.TempDir(), filepath.Base(target))
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer os.Remove(part.Name())
	err = write(part)
	if info != nil && err == nil {
		err = part.Chmod(info.Mode().Perm())
	}
	if inPlace && err == nil {
		err = fill(path, part)
	}
	if closeErr := part.Close(); err == nil {
		err = closeErr
	}
	if err != nil || inPlace {
		return err
	}
	return os.Rename(part.Name(), target)
}

// New has write make a file that is not there yet at the path that it is given, and then gives the file its name. A symbolic link to what is
// not there stays. Folders on the way are made.
func New(path string, write func(empty string) error) error {
	if _, err := os.Stat(path); err == nil {
		return fault.Invalid("%s exists; name a new file", path)
	}
	if path == "" || isFolderName(path) {
		return fault.Invalid("%q names no file; name a new one", path)
	}
	target, err := place(path)
	if err != nil {
		return err
	}
	part, err := temporary(filepath.Dir(target), filepath.Base(target))
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer os.Remove(part.Name())
	if err := errors.Join(part.Close(), write(part.Name())); err != nil {
		return fmt.Errorf("%s is not written: %w", path, err)
	}
	return os.Rename(part.Name(), target)
}

// Folder makes the folder at a path, also where a symbolic link leads to none yet.
func Folder(path string) error {
	target, err := Target(path)
	if err != nil {
		return err
	}
	if info, err := os.Stat(target); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder; name one, there or not", path)
	}
	return os.MkdirAll(target, 0o755)
}

// isFolderName tells whether a path can name nothing but a folder.
func isFolderName(path string) bool { return path != "" && os.IsPathSeparator(path[len(path)-1]) }

// isDatabase tells whether a file is an SQLite database, or its write-ahead log.
func isDatabase(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 16)
	n, _ := io.ReadFull(f, head)
	for _, begin := range []string{"SQLite format 3\x00", "\x37\x7f\x06\x82", "\x37\x7f\x06\x83"} {
		if strings.HasPrefix(string(head[:n]), begin) {
			return true
		}
	}
	return false
}

// place is where the file of a path will lie, in a folder that is there.
func place(path string) (string, error) {
	target, err := Target(path)
	if err != nil {
		return "", err
	}
	return target, os.MkdirAll(filepath.Dir(target), 0o755)
}

// Copy copies a file to one that is not there yet, which only this user may read.
func Copy(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Target is where a path leads in the end: itself, or what the symbolic links at it name, which need not be there.
func Target(path string) (string, error) {
	at := path
	for range 40 {
		to, err := os.Readlink(at)
		if err != nil || strings.HasPrefix(at, "/proc/") { // there links name what has no path
			return at, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(at), to)
		}
		at = to
	}
	return "", fmt.Errorf("%s cannot be written: its links lead in a circle", path)
}

// temporary makes a file in a folder, with the rights that the user's files have.
func temporary(dir, base string) (*os.File, error) {
	name := "." + strings.ToValidUTF8(base[:min(len(base), 100)], "") + "-" + rand.Text()[:8]
	return os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

// into writes to what is no file.
func into(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = write(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// fill puts the bytes of part in the place of those of a file.
func fill(path string, part *os.File) error {
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, part)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
