package spool

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
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
		if s.seg != nil {
			whole = s.seg.size
		}
		if err := s.Append(&want[i]); err != nil {
			t.Fatal(err)
		}
	}
	n := 1
	s.Close()
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
	zeros := make([]byte, 512)
	for what, end := range map[string][]byte{"zeros, as after a power cut": zeros, "a payload whose header was not written": append(append(zeros[:header:header], data[whole+header:]...), zeros...)} {
		if err := os.WriteFile(s.name(n), append(bytes.Clone(data), end...), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, all, err := Read(s.name(n)); err != nil || !all || len(got) != 3 {
			t.Errorf("%s at the end: %d records, whole %v, %v", what, len(got), all, err)
		}
	}
}

// TestNoRecords reads files in which there is nothing to find: what was never written is whole, and what is something else is not.
func TestNoRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.1.1.spool")
	for content, want := range map[string]bool{"": true, "\x00\x00\x00": true, string(make([]byte, 1<<20)): true, "\x10\x00\x00\x00\x01\x02\x03\x04half": true,
		"not what this program writes": false, "<html>" + strings.Repeat("x", 1<<20): false} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, whole, err := Read(path); err != nil || len(got) > 0 || whole != want {
			t.Errorf("%.30q: %d records, whole %v, %v", content, len(got), whole, err)
		}
	}
}

// TestHead writes records that fit in the part of a file that is memory, that do not, and that come after; and some after somebody has cut
// the file under that memory. All must come back, with the file open as a process that is killed leaves it, and once it is closed.
func TestHead(t *testing.T) {
	s := New(t.TempDir(), "run", 1)
	var want []Record
	add := func(bytes int) {
		t.Helper()
		r := Record{Seq: int64(len(want) + 1), At: 1, Stream: 1, Text: make([]byte, bytes)}
		for i := range r.Text {
			r.Text[i] = byte(len(want))
		}
		want = append(want, r)
		if err := s.Append(&r); err != nil {
			t.Fatal(err)
		}
	}
	check := func(what string) {
		t.Helper()
		if got, whole, err := Read(s.name(1)); err != nil || !whole || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d records of %d, whole %v, %v", what, len(got), len(want), whole, err)
		}
	}
	for range 20 {
		add(headed / 25)
		check("in the head")
	}
	add(headed)
	check("past the head")
	add(10)
	check("after that")
	s.Close()
	check("closed")

	s, want = New(t.TempDir(), "run", 1), nil
	add(10)
	want = nil
	if err := os.Truncate(s.name(1), 0); err != nil {
		t.Fatal(err)
	}
	add(10)
	if got, _, err := Read(s.name(1)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("in a file that was cut: %d records, %v", len(got), err)
	}
	s.Close()
}

// TestRotate demands that the next file is there before its first record, that one without records is not left, and which have ended.
func TestRotate(t *testing.T) {
	dir := t.TempDir()
	s := New(dir, "run", 1)
	there := func(when string, want ...int) {
		t.Helper()
		all, err := List(dir, "run")
		var got []int
		for _, f := range all {
			got = append(got, f.N)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s there are the files %v, want %v; %v", when, got, want, err)
		}
	}
	r := Record{Seq: 1, Names: []string{"m"}, Values: []float64{1}}
	if n := s.Rotate(); n != 0 {
		t.Errorf("before the first record file %d has ended", n)
	}
	there("at first")
	if err := s.Append(&r); err != nil {
		t.Fatal(err)
	}
	there("with a record", 1)
	for range 2 {
		if n := s.Rotate(); n != 1 {
			t.Errorf("file %d has ended", n)
		}
		there("with the next file", 1, 2)
	}
	if info, err := os.Stat(s.name(1)); err != nil || info.Size() > 100 {
		t.Errorf("a file of one record has kept the room that it did not use: %v, %v", info, err)
	}
	s.Drop(1, 1)
	s.Close()
	there("at the end")
}
