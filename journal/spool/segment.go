package spool

import (
	"encoding/binary"
	"errors"
	"os"
	"runtime/debug"
)

// headed is how many bytes at the head of a file are mapped into memory.
const headed = 64 << 10

// A segment is one file of the log. Its head is memory that the file shares, where the system can give that: a record there costs no system
// call, and is the system's to write as soon as it is stored, so that it outlives the process as one that was written does. What comes after
// the head is written.
type segment struct {
	f    *os.File
	head []byte
	size int64
}

func newSegment(path string) (*segment, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	return &segment{f: f, head: share(f, headed)}, nil
}

// append adds a frame after the last; it leaves the file as it was when the disk refuses.
func (s *segment) append(frame []byte) error {
	if s.size+int64(len(frame)) > int64(len(s.head)) || !store(s.head[s.size:], frame) {
		if n, err := s.f.WriteAt(frame, s.size); err != nil {
			if n > 0 {
				err = errors.Join(err, s.cut())
			}
			return err
		}
	}
	s.size += int64(len(frame))
	return nil
}

// store copies a frame to shared memory, its payload before its header: of a process that is killed meanwhile there is no header, and so no
// frame. It is false where the memory cannot be had, as of a disk that fails, or of a file that somebody cut.
func store(to, frame []byte) (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { ok = recover() == nil }()
	copy(to[header:], frame[header:])
	binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(frame)) // in one instruction
	return true
}

// cut ends the file after its last frame. What is past a file's end is no longer shared.
func (s *segment) cut() error {
	if s.head != nil {
		unshare(s.head)
		s.head = nil
	}
	return s.f.Truncate(s.size)
}

func (s *segment) close() {
	if s.head != nil {
		s.cut() // gives back the room that was not used; zeros do no harm
	}
	s.f.Close()
}
