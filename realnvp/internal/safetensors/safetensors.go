// Package safetensors reads and writes the safetensors format (github.com/huggingface/safetensors): eight bytes of
// length, a JSON header, the tensors' bytes. The Go library for it (nlpodyssey/safetensors) cannot hold scalars, of
// which an optimizer has several; the format is small enough to write down.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sort"
)

// Tensor is one tensor: DType as the format names it ("F32", "F64", "I64", …), row-major little-endian Data.
type Tensor struct {
	DType string
	Shape []int
	Data  []byte
}

// File is what a safetensors file holds.
type File struct {
	Tensors  map[string]Tensor
	Metadata map[string]string
}

type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

var sizes = map[string]int{"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2, "I8": 1, "U8": 1, "BOOL": 1}

const maxHeader = 100 << 20 // as in the format's own implementation

// Names lists the tensors in order.
func (f File) Names() []string {
	names := make([]string, 0, len(f.Tensors))
	for name := range f.Tensors {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Write writes the file, tensors in the order of their names.
func (f File) Write(w io.Writer) error {
	header := map[string]any{}
	if len(f.Metadata) > 0 {
		header["__metadata__"] = f.Metadata
	}
	at := 0
	for _, name := range f.Names() {
		t := f.Tensors[name]
		if t.Shape == nil {
			t.Shape = []int{}
		}
		header[name] = entry{t.DType, t.Shape, [2]int{at, at + len(t.Data)}}
		at += len(t.Data)
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	text = append(text, bytes.Repeat([]byte{' '}, (8-len(text)%8)%8)...) // so that the data are aligned
	if err := binary.Write(w, binary.LittleEndian, uint64(len(text))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, name := range f.Names() {
		if _, err := w.Write(f.Tensors[name].Data); err != nil {
			return err
		}
	}
	return nil
}

// Parse reads a whole file; the tensors share raw's memory. It fails where the header does not fit the bytes.
func Parse(raw []byte) (File, error) {
	var f File
	if len(raw) < 8 {
		return f, fmt.Errorf("%d bytes are too few", len(raw))
	}
	length := binary.LittleEndian.Uint64(raw)
	if length > maxHeader || length > uint64(len(raw)-8) {
		return f, fmt.Errorf("its header should have %d bytes, %d are there", length, len(raw)-8)
	}
	var header map[string]json.RawMessage
	if err := json.Unmarshal(raw[8:8+length], &header); err != nil {
		return f, fmt.Errorf("its header is no JSON: %v", err)
	}
	data := raw[8+length:]
	f.Tensors = map[string]Tensor{}
	for name, text := range header {
		if name == "__metadata__" {
			if err := json.Unmarshal(text, &f.Metadata); err != nil {
				return f, fmt.Errorf("its metadata are not text: %v", err)
			}
			continue
		}
		var e entry
		if err := json.Unmarshal(text, &e); err != nil {
			return f, fmt.Errorf("tensor %q: %v", name, err)
		}
		t, err := e.tensor(data)
		if err != nil {
			return f, fmt.Errorf("tensor %q %v", name, err)
		}
		f.Tensors[name] = t
	}
	return f, nil
}

func (e entry) tensor(data []byte) (Tensor, error) {
	size, ok := sizes[e.DType]
	if !ok {
		return Tensor{}, fmt.Errorf("has the unknown type %q", e.DType)
	}
	from, to := e.Offsets[0], e.Offsets[1]
	if from < 0 || to < from || to > len(data) {
		return Tensor{}, fmt.Errorf("should lie at bytes %d to %d of %d", from, to, len(data))
	}
	for _, d := range e.Shape {
		if d < 0 || d > 0 && size > (1<<50)/d {
			return Tensor{}, fmt.Errorf("has the shape %v", e.Shape)
		}
		size *= d
	}
	if size != to-from {
		return Tensor{}, fmt.Errorf("of shape %v needs %d bytes and has %d", e.Shape, size, to-from)
	}
	return Tensor{e.DType, e.Shape, data[from:to]}, nil
}
