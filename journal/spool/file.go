package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// A File is the end of a write-ahead log: the file that takes each record at once, so that a killed process loses none. It is not synced: the
// database is, within a second. While the writer brings a spool file to the database, records go to the next one.
//
// A file is a list of frames: length of the payload and its CRC-32C, 4 bytes each, little endian; then the payload:
// seq, time, step as varints, the stream as one byte, then either the text, or the number of metrics and for each the
// length of its name, the name, and the value's 8 bytes.
type File struct {
	base string // folder/RUN.ATTEMPT
	n    int
	f    *os.File
	size int64
	buf  []byte
}

// New makes the log of an attempt at a run in a folder. Its first file is made with the first record.
func New(folder, run string, attempt int) *File {
	return &File{base: fmt.Sprintf("%s/%s.%d", folder, run, attempt)}
}

// Append writes one record; it leaves the file as it was when the disk refuses.
func (s *File) Append(r *Record) error {
	if s.f == nil {
		if err := os.MkdirAll(filepath.Dir(s.base), 0o755); err != nil {
			return err
		}
		s.n++
		f, err := os.OpenFile(s.name(s.n), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			s.n--
			return err
		}
		s.f, s.size = f, 0
	}
	s.buf = appendRecord(s.buf[:0], r)
	n, err := s.f.WriteAt(s.buf, s.size)
	if err != nil {
		if n > 0 {
			err = errors.Join(err, s.f.Truncate(s.size))
		}
		return err
	}
	s.size += int64(n)
	return nil
}

func (s *File) name(n int) string { return s.base + "." + strconv.Itoa(n) + ".spool" }

// Rotate ends the current file, so that the next record starts another, and returns the numbers of the files up to it.
func (s *File) Rotate() int {
	if s.f != nil {
		s.f.Close()
		s.f = nil
	}
	return s.n
}

// Drop removes the files from number first to last.
func (s *File) Drop(first, last int) {
	for n := first; n <= last; n++ {
		os.Remove(s.name(n))
	}
}
