package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"flowbook/journal/fault"
	"flowbook/journal/record"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Pack packs points: for each, the step and the time as the zigzag varint difference to the point before,
// then the value's 8 bytes, little endian, so that every bit of a NaN is kept. A CRC-32C of it all ends the chunk.
func Pack(points []record.Point) []byte {
	b := make([]byte, 0, len(points)*13+4)
	var step, at int64
	for _, p := range points {
		b = binary.AppendVarint(b, p.Step-step)
		b = binary.AppendVarint(b, p.At-at)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.Value))
		step, at = p.Step, p.At
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// A Chunk is a piece of what an attempt logged of a metric. Its bytes are valid only while it is visited.
type Chunk struct {
	Metric  string
	Attempt int
	Start   int64 // which point of the attempt is the first
	Count   int
	Packed  []byte // see [Pack]
}

// Each unpacks the points and hands each to visit. Bytes that are damaged wrap ErrCorrupt.
func (c Chunk) Each(visit func(record.Point)) error {
	b, count := c.Packed, c.Count
	if len(b) < 4 {
		return fmt.Errorf("%w: chunk of %d bytes", fault.ErrCorrupt, len(b))
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return fmt.Errorf("%w: checksum of a chunk of %d points differs", fault.ErrCorrupt, count)
	}
	var p record.Point
	for i := range count {
		step, n := binary.Varint(body)
		if n <= 0 {
			return fmt.Errorf("%w: chunk ends at point %d of %d", fault.ErrCorrupt, i, count)
		}
		at, m := binary.Varint(body[n:])
		if m <= 0 || len(body) < n+m+8 {
			return fmt.Errorf("%w: chunk ends at point %d of %d", fault.ErrCorrupt, i, count)
		}
		p.Step += step
		p.At += at
		p.Value = math.Float64frombits(binary.LittleEndian.Uint64(body[n+m:]))
		body = body[n+m+8:]
		visit(p)
	}
	if len(body) != 0 {
		return fmt.Errorf("%w: %d bytes after the last of %d points", fault.ErrCorrupt, len(body), count)
	}
	return nil
}
