package spool

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"flowbook/journal/fault"
)

// A Record is what Log or the output capture hands to the writer: the metrics of one step, or a piece of output.
type Record struct {
	Seq    int64 // counts the records of an attempt from 1
	At     int64 // microseconds since 1970
	Step   int64
	Names  []string
	Values []float64
	Stream byte   // 0 for metrics, 1 for standard output, 2 for standard error
	Text   []byte // of a piece of output
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is how many bytes of a frame come before its payload.
const header = 8

func appendRecord(b []byte, r *Record) []byte {
	b = append(b, make([]byte, header)...)
	b = binary.AppendVarint(b, r.Seq)
	b = binary.AppendVarint(b, r.At)
	b = binary.AppendVarint(b, r.Step)
	b = append(b, r.Stream)
	if r.Stream != 0 {
		b = append(b, r.Text...)
	} else {
		b = binary.AppendUvarint(b, uint64(len(r.Names)))
		for i, name := range r.Names {
			b = binary.AppendUvarint(b, uint64(len(name)))
			b = append(b, name...)
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.Values[i]))
		}
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-header))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[header:], castagnoli))
	return b
}

func parseRecord(b []byte) (r Record, err error) {
	bad := fmt.Errorf("%w: spool record", fault.ErrCorrupt)
	for _, v := range []*int64{&r.Seq, &r.At, &r.Step} {
		x, n := binary.Varint(b)
		if n <= 0 {
			return r, bad
		}
		*v, b = x, b[n:]
	}
	if len(b) == 0 {
		return r, bad
	}
	if r.Stream, b = b[0], b[1:]; r.Stream != 0 {
		r.Text = b
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
		r.Names = append(r.Names, string(b[:size]))
		r.Values = append(r.Values, math.Float64frombits(binary.LittleEndian.Uint64(b[size:])))
		b = b[size+8:]
	}
	return r, nil
}
