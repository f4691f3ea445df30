// Package store keeps blobs of bytes in a folder, by key, for many processes at once; the least recently used go when
// it grows too large. Nothing in it is needed: whatever is missing or damaged is made again.
package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Key names a blob: the SHA-256 of all that the blob depends on.
type Key [sha256.Size]byte

// Store is a folder and the most bytes that its files may have.
type Store struct {
	Dir   string
	Limit int64
}

// A file is magic, its key, the SHA-256 of the blob, and the blob; it has the key's name, and while it is being made
// that name with the ending .part.
const (
	magic  = "flowbook blob 1\n"
	header = len(magic) + 2*sha256.Size
	part   = ".part"
)

func (s Store) path(key Key) string { return filepath.Join(s.Dir, hex.EncodeToString(key[:])) }

// Get returns the blob of a key, or nil. A file that is not whole, or whose bytes are not those that were written, is
// removed and counts as missing. So does one that somebody else wrote: blobs are programs.
func (s Store) Get(key Key) []byte {
	path := s.path(key)
	all, err := readOwn(path)
	if err != nil {
		return nil
	}
	blob, ok := decode(key, all)
	if !ok {
		os.Remove(path)
		return nil
	}
	now := time.Now()
	os.Chtimes(path, now, now) // what was used last goes last
	return blob
}

// readOwn reads a file that this user, or root, owns.
func readOwn(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // else a pipe waits for its writer
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	if system, ok := info.Sys().(*syscall.Stat_t); ok && system.Uid != 0 && int(system.Uid) != os.Geteuid() {
		return nil, errors.New("it is somebody else's")
	}
	all := make([]byte, info.Size())
	_, err = io.ReadFull(file, all)
	return all, err
}

// Remove takes a blob out: what its bytes say is right, but nobody can use them.
func (s Store) Remove(key Key) { os.Remove(s.path(key)) }

func encode(key Key, blob []byte) (head []byte) {
	sum := sha256.Sum256(blob)
	return append(append([]byte(magic), key[:]...), sum[:]...)
}

func decode(key Key, all []byte) ([]byte, bool) {
	if len(all) < header {
		return nil, false
	}
	blob := all[header:]
	return blob, bytes.Equal(all[:header], encode(key, blob))
}
