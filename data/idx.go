package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// Array is numbers of one type in row-major order: what an IDX file holds.
type Array struct {
	Shape  []int
	Values any // []uint8, []int8, []int16, []int32, []float32 or []float64, as the file has them
}

// ReadIDX reads a file of the format of MNIST's: any element type, any number of dimensions, packed by gzip or not. The
// format (http://yann.lecun.com/exdb/mnist/): two zero bytes, one for the element type, one for the number of
// dimensions, each dimension as a big-endian uint32, then the elements, big-endian. The error names the file and says
// whether it is another kind of file, truncated, or too long.
func ReadIDX(path string) (*Array, error) {
	a, err := readIDX(path, nil)
	if err != nil {
		return nil, fmt.Errorf("data: %w; get the file again", err)
	}
	return a, nil
}

// readIDX is ReadIDX; check, if there is one, sees the shape that the file declares before the length is looked at, and
// then the whole content. Its errors are for the caller to say "data: …" before and the remedy after.
func readIDX(path string, check func(shape []int, raw []byte) error) (*Array, error) {
	raw, err := readMaybeGzip(path)
	if err != nil {
		return nil, err
	}
	if len(raw) < 4 {
		return nil, fmt.Errorf("%s is truncated: %d bytes, fewer than an IDX file's magic number", path, len(raw))
	}
	element := idxElements[raw[2]]
	if raw[0] != 0 || raw[1] != 0 || element.size == 0 {
		return nil, fmt.Errorf("%s begins with %#08x, which is not the magic number of an IDX file: it is another kind of file", path, binary.BigEndian.Uint32(raw))
	}
	a, header, n := &Array{}, 4+4*int(raw[3]), element.size
	if len(raw) < header {
		return nil, fmt.Errorf("%s is truncated: %d bytes of a header of %d", path, len(raw), header)
	}
	for at := 4; at < header; at += 4 {
		d := int(binary.BigEndian.Uint32(raw[at:]))
		if d > 0 && n > math.MaxInt/d {
			return nil, fmt.Errorf("%s declares more numbers than any file holds: it is damaged", path)
		}
		a.Shape, n = append(a.Shape, d), n*d
	}
	if check != nil {
		if err := check(a.Shape, nil); err != nil {
			return nil, err
		}
	}
	if len(raw)-header < n {
		return nil, fmt.Errorf("%s is truncated: %d bytes of %d for the %v it declares", path, len(raw), header+n, a.Shape)
	}
	if len(raw)-header > n {
		return nil, fmt.Errorf("%s is too long: %d bytes where the %v it declares has %d: it is damaged or another file", path, len(raw), a.Shape, header+n)
	}
	if check != nil {
		if err := check(a.Shape, raw); err != nil {
			return nil, err
		}
	}
	a.Values = element.read(raw[header:])
	return a, nil
}

// Len is the number of elements.
func (a *Array) Len() int {
	n := 1
	for _, d := range a.Shape {
		n *= d
	}
	return n
}

// Ints is the elements as ints. It fails where they are of a floating-point type.
func (a *Array) Ints() ([]int, error) {
	switch v := a.Values.(type) {
	case []uint8:
		return converted[int](v), nil
	case []int8:
		return converted[int](v), nil
	case []int16:
		return converted[int](v), nil
	case []int32:
		return converted[int](v), nil
	}
	return nil, fmt.Errorf("data: elements of type %T are not whole numbers", a.Values)
}

// Float64 is the elements as float64.
func (a *Array) Float64() []float64 {
	switch v := a.Values.(type) {
	case []float32:
		return converted[float64](v)
	case []float64:
		return v
	}
	ints, _ := a.Ints()
	return converted[float64](ints)
}

type idxElement struct {
	size int
	read func(raw []byte) any
}

// idxElements is the element types by the magic number's third byte.
var idxElements = map[byte]idxElement{
	0x08: {1, func(raw []byte) any { return raw[:len(raw):len(raw)] }},
	0x09: {1, bigEndian[int8](1)},
	0x0b: {2, bigEndian[int16](2)},
	0x0c: {4, bigEndian[int32](4)},
	0x0d: {4, bigEndian[float32](4)},
	0x0e: {8, bigEndian[float64](8)},
}

func bigEndian[T any](size int) func(raw []byte) any {
	return func(raw []byte) any {
		v := make([]T, len(raw)/size)
		_ = binary.Read(bytes.NewReader(raw), binary.BigEndian, v) // as long as raw, so it cannot fail
		return v
	}
}

func converted[To, From int | int8 | int16 | int32 | uint8 | float32 | float64](v []From) []To {
	to := make([]To, len(v))
	for i, x := range v {
		to[i] = To(x)
	}
	return to
}

// isGzip is whether a content begins as gzip does.
func isGzip(start []byte) bool { return bytes.HasPrefix(start, []byte{0x1f, 0x8b}) }

// readMaybeGzip reads a file whole, unpacking it where it begins as gzip does, whatever its name is.
func readMaybeGzip(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !isGzip(raw) {
		if len(path) > 3 && path[len(path)-3:] == ".gz" {
			return nil, fmt.Errorf("%s is not a sound gzip file: it is damaged or another kind of file", path)
		}
		return raw, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err == nil {
		raw, err = io.ReadAll(z)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is truncated: its gzip stream ends early", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is not a sound gzip file (%w)", path, err)
	}
	if isGzip(raw) {
		return nil, fmt.Errorf("%s is packed by gzip twice: unpack it once", path)
	}
	return raw, nil
}
