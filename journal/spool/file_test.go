package spool

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestSpool writes records, tears the last one at every byte, and demands the whole ones back.
func TestSpool(t *testing.T) {
	s := New(filepath.Join(t.TempDir(), "sub"), "run", 1)
	want := []Record{
		{Seq: 1, At: 123456, Step: -5, Names: []string{"loss", "é/ü"}, Values: []float64{math.Inf(1), -0.5}},
		{Seq: 2, At: 123457, Stream: 2, Text: []byte("out \xff")},
		{Seq: 3, At: 123458, Step: 1 << 40, Names: []string{"loss"}, Values: []float64{1e300}},
	}
	var whole int64
	for i := range want {
		whole = s.size
		if err := s.Append(&want[i]); err != nil {
			t.Fatal(err)
		}
	}
	n := s.Rotate()
	data, err := os.ReadFile(s.name(n))
	if err != nil {
		t.Fatal(err)
	}
	got, all, err := Read(s.name(n))
	if err != nil || !all || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	for cut := whole; cut < int64(len(data)); cut++ {
		if err := os.WriteFile(s.name(n), data[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		if got, all, err := Read(s.name(n)); err != nil || !all || !reflect.DeepEqual(got, want[:2]) {
			t.Fatalf("cut at byte %d: %+v, %v", cut, got, err)
		}
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(s.name(n), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, all, err := Read(s.name(n)); err != nil || all || len(got) != 2 {
		t.Errorf("a flipped bit: %d records, %v", len(got), err)
	}
	data[len(data)-1] ^= 1
	for bit := range 8 * whole { // in the first two records
		flipped := bytes.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(s.name(n), flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		got, all, err := Read(s.name(n))
		if err != nil || all || len(got) != 2 || !reflect.DeepEqual(got[1], want[2]) {
			t.Fatalf("bit %d flipped: %d records, whole %v, %v", bit, len(got), all, err)
		}
	}
	if err := os.WriteFile(s.name(n), append(bytes.Clone(data), make([]byte, 512)...), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, all, err := Read(s.name(n)); err != nil || !all || len(got) != 3 {
		t.Errorf("zeros at the end, as after a power cut: %d records, whole %v, %v", len(got), all, err)
	}
}
