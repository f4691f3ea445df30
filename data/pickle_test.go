package data

import (
	"os"
	"testing"
)

// No content, however cut or damaged, makes the pickle reader panic.
func FuzzUnpickle(f *testing.F) {
	s := small{records: [][]byte{make([]byte, 20*(1+cifarPlanes))}}
	batch := s.python(0, false)
	for _, n := range []int{0, 1, 2, 40, 300, len(batch)} {
		f.Add(batch[:n])
	}
	f.Add([]byte("\x80\x02}(e."))
	f.Add([]byte("R"))
	f.Add([]byte("(tN\x85R."))
	f.Fuzz(func(t *testing.T, content []byte) {
		if d, err := unpickle(content); err == nil {
			for _, v := range d {
				if a, ok := v.(*ndarray); ok {
					a.rows(20, cifarPlanes)
				}
			}
		}
	})
}

func TestUnpickleOfPython3(t *testing.T) {
	content, err := os.ReadFile("testdata/batch-protocol4.pickle")
	if err != nil {
		t.Fatal(err)
	}
	records, err := officialCIFAR10.unpickleBatch(content, 2)
	if err != nil {
		t.Fatal(err)
	}
	if records[0] != 3 || records[(1+cifarPlanes)] != 7 || records[1] != 0 || records[2] != 1 || records[(1+cifarPlanes)+1] != 3072%251 {
		t.Errorf("records begin %v and %v", records[:3], records[(1+cifarPlanes):(1+cifarPlanes)+3])
	}
}
