package safetensors

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"testing"
)

func example(t testing.TB) (File, []byte) {
	f := File{
		Tensors: map[string]Tensor{
			"scalar": {"F32", []int{}, []byte{1, 2, 3, 4}},
			"matrix": {"F64", []int{1, 2}, make([]byte, 16)},
			"empty":  {"I64", []int{0, 3}, []byte{}},
		},
		Metadata: map[string]string{"flowbook": `{"a": 1}`},
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return f, b.Bytes()
}

func TestThereAndBack(t *testing.T) {
	want, raw := example(t)
	got, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestEveryTruncationIsAnError(t *testing.T) {
	_, raw := example(t)
	for n := range raw {
		if _, err := Parse(raw[:n]); err == nil {
			t.Errorf("the first %d of %d bytes read as a whole file", n, len(raw))
		}
	}
}

// The package of the format refuses each of these.
func TestHeadersThatDoNotFit(t *testing.T) {
	_, good := example(t)
	file := func(header, data string) []byte {
		return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+data...)
	}
	const four = `"dtype":"F32","shape":[1],"data_offsets":[0,4]`
	for name, raw := range map[string][]byte{
		"junk after the data": append(bytes.Clone(good), make([]byte, 100)...),
		"three offsets":       file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}`, "1234"),
		"one offset":          file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}`, "1234"),
		"no offsets":          file(`{"a":{"dtype":"F32","shape":[0]}}`, ""),
		"no shape":            file(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, "1234"),
		"offsets no integers": file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.5]}}`, "1234"),
		"gap":                 file(`{"a":{`+four+`},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, "123456789012"),
		"overlap":             file(`{"a":{`+four+`},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, "123456"),
		"same bytes twice":    file(`{"a":{`+four+`},"b":{`+four+`}}`, "1234"),
		"a name twice":        file(`{"a":{`+four+`},"a":{`+four+`}}`, "1234"),
		"begins late":         file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "12345678"),
		"negative shape":      file(`{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, "1234"),
		"shape overflows":     file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, ""),
		"unknown type":        file(`{"a":{"dtype":"F5","shape":[1],"data_offsets":[0,4]}}`, "1234"),
		"two objects":         file(`{"a":{`+four+`}}{}`, "1234"),
		"a list":              file(`[]`, ""),
		"space first":         file(` {}`, ""),
		"cut":                 file(`{"a":{`+four+`}`, "1234"),
	} {
		if _, err := Parse(raw); err == nil {
			t.Errorf("%s: read as a file", name)
		}
	}
	if _, err := Parse(file(`{"a":{`+four+`}}   `, "1234")); err != nil {
		t.Errorf("padded with spaces: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	_, raw := example(f)
	f.Add(raw)
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := Parse(raw)
		if err != nil {
			return
		}
		for _, name := range file.Names() {
			_ = append([]byte(nil), file.Tensors[name].Data...)
		}
	})
}
