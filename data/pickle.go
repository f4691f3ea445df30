package data

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// unpickle reads what a CIFAR-10 python batch holds, and nothing else: a dictionary of strings, lists of small numbers
// and numpy byte arrays, in pickle protocol 2 (as the official files have) up to 4. A pickle can name any function to
// call; here only numpy's array constructors are known, nothing is ever run, and any other name is an error.
// CIFAR-10's own page offers the python batches first, so readers have them; a library's reader would allocate whatever sizes
// a file names, and call more than numpy's arrays: this one is fuzzed.
// The opcodes: https://docs.python.org/3/library/pickletools.html.
func unpickle(content []byte) (map[string]any, error) {
	p := &pickle{in: bytes.NewReader(content), memo: map[int]any{}}
	for {
		op, err := p.in.ReadByte()
		if err != nil {
			return nil, errPickleShort
		}
		if op == '.' {
			top, err := p.pop()
			if d, ok := top.(map[string]any); ok && err == nil {
				return d, nil
			}
			return nil, errors.New("it holds no dictionary")
		}
		if err := p.step(op); err != nil {
			return nil, err
		}
	}
}

var errPickleShort = errors.New("it is truncated")

type pickle struct {
	in    *bytes.Reader
	stack []any
	memo  map[int]any
}

type (
	mark   struct{}
	global string // "module name"
	list   struct{ items []any }
	dtype  struct{ name string }
	// ndarray is a numpy array of bytes.
	ndarray struct {
		shape   []int
		fortran bool // column after column
		bytes   []byte
	}
)

func (p *pickle) push(v any) { p.stack = append(p.stack, v) }

func (p *pickle) pop() (any, error) {
	if len(p.stack) == 0 {
		return nil, errors.New("its stack runs empty")
	}
	v := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	return v, nil
}

// popMark takes everything above the last mark.
func (p *pickle) popMark() ([]any, error) {
	for i := len(p.stack) - 1; i >= 0; i-- {
		if _, ok := p.stack[i].(mark); ok {
			items := append([]any(nil), p.stack[i+1:]...)
			p.stack = p.stack[:i]
			return items, nil
		}
	}
	return nil, errors.New("its mark is missing")
}

// number reads a little-endian unsigned number of n bytes.
func (p *pickle) number(n int) (int, error) {
	var b [8]byte
	if got, _ := p.in.Read(b[:n]); got != n {
		return 0, errPickleShort
	}
	v := binary.LittleEndian.Uint64(b[:])
	if v > 1<<40 {
		return 0, fmt.Errorf("it has a length of %d", v)
	}
	return int(v), nil
}

// text reads a string whose length is in the lengthBytes before it.
func (p *pickle) text(lengthBytes int) ([]byte, error) {
	n, err := p.number(lengthBytes)
	if err != nil {
		return nil, err
	}
	if n > p.in.Len() {
		return nil, errPickleShort
	}
	b := make([]byte, n)
	p.in.Read(b)
	return b, nil
}

func (p *pickle) line() (string, error) {
	var b []byte
	for {
		c, err := p.in.ReadByte()
		if err != nil {
			return "", errPickleShort
		}
		if c == '\n' {
			return string(b), nil
		}
		b = append(b, c)
	}
}
