package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
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

// readSpool reads the whole records of a spool file; a torn last one was never acknowledged and is passed over.
func readSpool(path string) ([]record, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	var all []record
	var head [8]byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return all, nil
		}
		payload, err := io.ReadAll(io.LimitReader(in, int64(binary.LittleEndian.Uint32(head[:]))))
		if err != nil {
			return all, err
		}
		if len(payload) != int(binary.LittleEndian.Uint32(head[:])) || crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
			return all, nil
		}
		r, err := parseRecord(payload)
		if err != nil {
			return all, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, r)
	}
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
