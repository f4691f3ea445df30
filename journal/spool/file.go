package spool

import (
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
// length of its name, the name, and the value's 8 bytes. Zeros may follow.
type File struct {
	base string // folder/RUN.ATTEMPT
	n    int    // the number of the last file that was made
	seg  *segment
	buf  []byte
}

// New makes the log of an attempt at a run in a folder. Its first file is made with the first record.
func New(folder, run string, attempt int) *File {
	return &File{base: fmt.Sprintf("%s/%s.%d", folder, run, attempt)}
}

// Append writes one record; it leaves the file as it was when the disk refuses.
func (s *File) Append(r *Record) error {
	if s.seg == nil {
		if err := s.next(); err != nil {
			return err
		}
	}
	s.buf = appendRecord(s.buf[:0], r)
	return s.seg.append(s.buf)
}

// next makes the file that takes the records from now on.
func (s *File) next() error {
	if err := os.MkdirAll(filepath.Dir(s.base), 0o755); err != nil {
		return err
	}
	seg, err := newSegment(s.name(s.n + 1))
	if err != nil {
		return err
	}
	s.n++
	s.seg = seg
	return nil
}

func (s *File) name(n int) string { return s.base + "." + strconv.Itoa(n) + ".spool" }

// Rotate ends the current file, if it has records, and makes the next one, so that no record waits for that. It returns the number of the
// last file that has ended.
func (s *File) Rotate() int {
	if s.seg == nil {
		return s.n
	}
	if s.seg.size == 0 {
		return s.n - 1
	}
	ended := s.n
	s.seg.close()
	s.seg = nil
	s.next() // where this fails, the next record tries again and says why
	return ended
}

// Close ends the current file. One without records goes.
func (s *File) Close() {
	if s.seg == nil {
		return
	}
	empty := s.seg.size == 0
	s.seg.close()
	s.seg = nil
	if empty {
		s.Drop(s.n, s.n)
	}
}

// Drop removes the files from number first to last.
func (s *File) Drop(first, last int) {
	for n := first; n <= last; n++ {
		os.Remove(s.name(n))
	}
}
