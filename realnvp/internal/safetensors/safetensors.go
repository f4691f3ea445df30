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
	"slices"
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
	Offsets []int  `json:"data_offsets"` // of the first byte and of the one after the last
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
		header[name] = entry{t.DType, t.Shape, []int{at, at + len(t.Data)}}
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

// Parse reads a whole file; the tensors share raw's memory. It fails where the header does not fit the bytes, as the
// format's own implementation does: each byte of the data is of exactly one tensor, and no name comes twice.
func Parse(raw []byte) (File, error) {
	var f File
	if len(raw) < 8 {
		return f, fmt.Errorf("%d bytes are too few", len(raw))
	}
	length := binary.LittleEndian.Uint64(raw)
	if length > maxHeader || length > uint64(len(raw)-8) {
		return f, fmt.Errorf("its header should have %d bytes, %d are there", length, len(raw)-8)
	}
	header, err := unique(raw[8 : 8+length])
	if err != nil {
		return f, fmt.Errorf("its header %v", err)
	}
	data := raw[8+length:]
	f.Tensors = map[string]Tensor{}
	var stretches [][]int
	for name, text := range header {
		if name == "__metadata__" {
			if err := json.Unmarshal(text, &f.Metadata); err != nil {
				return f, fmt.Errorf("its metadata are not text: %v", err)
			}
			continue
		}
		e, err := parseEntry(text)
		if err != nil {
			return f, fmt.Errorf("tensor %q %v", name, err)
		}
		t, err := e.tensor(data)
		if err != nil {
			return f, fmt.Errorf("tensor %q %v", name, err)
		}
		f.Tensors[name] = t
		stretches = append(stretches, e.Offsets)
	}
	return f, covered(stretches, len(data))
}

// unique reads a JSON object in which no name comes twice, with nothing but spaces after it.
func unique(text []byte) (map[string]json.RawMessage, error) {
	if len(text) == 0 || text[0] != '{' {
		return nil, fmt.Errorf("does not begin with {")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("is no JSON: %v", err)
	}
	object := map[string]json.RawMessage{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("is no JSON: %v", err)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("is no JSON: %v", err)
		}
		if _, twice := object[name.(string)]; twice {
			return nil, fmt.Errorf("has %q twice", name)
		}
		object[name.(string)] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("is no JSON: %v", err)
	}
	if rest := bytes.Trim(text[decoder.InputOffset():], " \n\r\t"); len(rest) > 0 {
		return nil, fmt.Errorf("goes on after its JSON, with %.20q", rest)
	}
	return object, nil
}

// parseEntry reads what the header says of a tensor; each of its fields has to be there.
func parseEntry(text []byte) (e entry, err error) {
	fields, err := unique(text)
	if err != nil {
		return e, fmt.Errorf("has a header entry that %v", err)
	}
	for name := range fields { // encoding/json would take "Shape" for "shape"
		if !slices.Contains([]string{"dtype", "shape", "data_offsets"}, name) {
			return e, fmt.Errorf("has a header entry with the unknown field %q", name)
		}
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, fmt.Errorf("has a header entry that cannot be read: %v", err)
	}
	switch {
	case e.Shape == nil:
		return e, fmt.Errorf("has no shape")
	case len(e.Offsets) != 2:
		return e, fmt.Errorf("has %d data_offsets: an invalid length, there are to be 2", len(e.Offsets))
	}
	return e, nil
}

// covered tells whether stretches of bytes, from and to, lie one after the other from 0 to size.
func covered(stretches [][]int, size int) error {
	slices.SortFunc(stretches, slices.Compare)
	at := 0
	for _, s := range stretches {
		if s[0] != at {
			return fmt.Errorf("its tensors' bytes are not fully covered, or lie over each other: one begins at byte %d, where the one before ends at %d", s[0], at)
		}
		at = s[1]
	}
	if at != size {
		return fmt.Errorf("its data are not fully covered: its tensors end at byte %d of %d", at, size)
	}
	return nil
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
