package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A record is what Log or the output capture hands to the writer: the metrics of one step, or a piece of output.
type record struct {
	seq    int64 // counts the records of an attempt from 1
	at     int64 // microseconds since 1970
	step   int64
	names  []string
	values []float64
	stream byte   // 0 for metrics, 1 for standard output, 2 for standard error
	text   []byte // of a piece of output
}

// A spool is the file that takes each record at once, so that a killed process loses none. It is not synced: the
// database is, within a second. While the writer brings a spool file to the database, records go to the next one.
//
// A file is a list of frames: length of the payload and its CRC-32C, 4 bytes each, little endian; then the payload:
// seq, time, step as varints, the stream as one byte, then either the text, or the number of metrics and for each the
// length of its name, the name, and the value's 8 bytes.
type spool struct {
	base string // folder/RUN.ATTEMPT
	n    int
	f    *os.File
	size int64
	buf  []byte
}

// append writes one record; it leaves the file as it was when the disk refuses.
func (s *spool) append(r *record) error {
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

func (s *spool) name(n int) string { return s.base + "." + strconv.Itoa(n) + ".spool" }

// rotate ends the current file, so that the next record starts another, and returns the numbers of the files up to it.
func (s *spool) rotate() int {
	if s.f != nil {
		s.f.Close()
		s.f = nil
	}
	return s.n
}

// drop removes the files from number first to last.
func (s *spool) drop(first, last int) {
	for n := first; n <= last; n++ {
		os.Remove(s.name(n))
	}
}

func appendRecord(b []byte, r *record) []byte {
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.AppendVarint(b, r.seq)
	b = binary.AppendVarint(b, r.at)
	b = binary.AppendVarint(b, r.step)
	b = append(b, r.stream)
	if r.stream != 0 {
		b = append(b, r.text...)
	} else {
		b = binary.AppendUvarint(b, uint64(len(r.names)))
		for i, name := range r.names {
			b = binary.AppendUvarint(b, uint64(len(name)))
			b = append(b, name...)
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.values[i]))
		}
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-8))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[8:], castagnoli))
	return b
}

// readSpool reads the records of a spool file; a torn last one was never acknowledged and is passed over. Where bytes in between are
// damaged, it goes on at the next whole record and says that the file is not whole.
func readSpool(path string) (all []record, whole bool, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, false, err
	}
	whole = true
	for at := 0; at < len(b); {
		if r, size, ok := frameAt(b[at:]); ok {
			all = append(all, r)
			at += size
			continue
		}
		next := at + 1
		for ; next < len(b); next++ {
			if _, _, ok := frameAt(b[next:]); ok {
				break
			}
		}
		if next < len(b) || !torn(b[at:]) {
			whole = false
		}
		at = next
	}
	return all, whole, nil
}

// frameAt reads the record that begins at b, if one does.
func frameAt(b []byte) (r record, size int, ok bool) {
	if len(b) < 8 {
		return r, 0, false
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || uint64(n) > uint64(len(b)-8) {
		return r, 0, false
	}
	payload := b[8 : 8+n]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return r, 0, false
	}
	r, err := parseRecord(payload)
	return r, 8 + int(n), err == nil
}

// torn tells whether the end of a file is a record that was still being written: it stops short, or the system never wrote its bytes.
func torn(b []byte) bool {
	return len(b) < 8 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-8) || len(bytes.Trim(b, "\x00")) == 0
}

func parseRecord(b []byte) (r record, err error) {
	bad := fmt.Errorf("%w: spool record", ErrCorrupt)
	for _, v := range []*int64{&r.seq, &r.at, &r.step} {
		x, n := binary.Varint(b)
		if n <= 0 {
			return r, bad
		}
		*v, b = x, b[n:]
	}
	if len(b) == 0 {
		return r, bad
	}
	if r.stream, b = b[0], b[1:]; r.stream != 0 {
		r.text = b
		return r, nil
	}
	count, n := binary.Uvarint(b)
	if n <= 0 {
		return r, bad
	}
	b = b[n:]
	for range count {
		size, n := binary.Uvarint(b)
		if n <= 0 || uint64(len(b)-n) < size+8 {
			return r, bad
		}
		b = b[n:]
		r.names = append(r.names, string(b[:size]))
		r.values = append(r.values, math.Float64frombits(binary.LittleEndian.Uint64(b[size:])))
		b = b[size+8:]
	}
	return r, nil
}

// spoolFile splits the name of a spool file, RUN.ATTEMPT.N.spool.
func spoolFile(path string) (run string, attempt, n int, ok bool) {
	parts := strings.Split(filepath.Base(path), ".")
	if len(parts) != 4 || parts[3] != "spool" {
		return "", 0, 0, false
	}
	attempt, err1 := strconv.Atoi(parts[1])
	n, err2 := strconv.Atoi(parts[2])
	return parts[0], attempt, n, err1 == nil && err2 == nil
}

// now is the present time in microseconds.
func now() int64 { return time.Now().UnixMicro() }
