package machine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Digests remembers the SHA-256 of large files, so that a plugin of 200 MB is read once and not by every program.
type Digests struct {
	// Get returns what was remembered under a key, or nil; Put remembers.
	Get func(key [sha256.Size]byte) []byte
	Put func(key [sha256.Size]byte, digest []byte)
}

// edge is how much of a file's beginning and end is read each time.
const edge = 64 << 10

// Plugin describes a plugin's file by its digest and the files beside and below it (a CUDA plugin's libraries and its
// assembler) by their names, sizes and times. It returns the file's own SHA-256 too.
func (d Digests) Plugin(path string) (description string, digest []byte, err error) {
	digest, err = d.file(path)
	if err != nil {
		return "", nil, err
	}
	said := []string{hex.EncodeToString(digest)}
	err = filepath.WalkDir(filepath.Dir(path), func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || p == path {
			return err
		}
		info, err := os.Stat(p)
		if err == nil {
			said = append(said, fmt.Sprintf("%s %d %d", strings.TrimPrefix(p, filepath.Dir(path)), info.Size(), info.ModTime().UnixNano()))
		}
		return nil
	})
	return strings.Join(said, "\n"), digest, err
}

// file is the SHA-256 of a whole file, remembered for that file as long as the system says that it is the same and was
// not written to, and its edges are the same.
func (d Digests) file(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	identity, err := identify(file)
	if err != nil {
		return nil, err
	}
	if digest := d.Get(identity); len(digest) == sha256.Size {
		return digest, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(file, 0, 1<<62)); err != nil {
		return nil, err
	}
	digest := hash.Sum(nil)
	d.Put(identity, digest)
	return digest, nil
}

// identify is a digest of what tells one file at one time from all others: where it lies on which disk, its size, when
// it was written, when anything of it was changed (which nobody can set), and its edges.
func identify(file *os.File) (key [sha256.Size]byte, err error) {
	info, err := file.Stat()
	if err != nil {
		return key, err
	}
	hash := sha256.New()
	if system, ok := info.Sys().(*syscall.Stat_t); ok {
		fmt.Fprintln(hash, "file", system.Dev, system.Ino, info.Size(), info.ModTime().UnixNano(), changed(system))
	}
	for _, from := range []int64{0, max(0, info.Size()-edge)} {
		if _, err := io.Copy(hash, io.NewSectionReader(file, from, edge)); err != nil {
			return key, err
		}
	}
	hash.Sum(key[:0])
	return key, nil
}
