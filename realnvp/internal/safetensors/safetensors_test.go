package safetensors

import (
	"bytes"
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
