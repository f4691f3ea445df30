package journal

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// TestSpool writes records, tears the last one at every byte, and demands the whole ones back.
func TestSpool(t *testing.T) {
	s := spool{base: filepath.Join(t.TempDir(), "sub", "run.1")}
	want := []record{
		{seq: 1, at: 123456, step: -5, names: []string{"loss", "é/ü"}, values: []float64{math.Inf(1), -0.5}},
		{seq: 2, at: 123457, stream: 2, text: []byte("out \xff")},
		{seq: 3, at: 123458, step: 1 << 40, names: []string{"loss"}, values: []float64{1e300}},
	}
	var whole int64
	for i := range want {
		whole = s.size
		must(t, s.append(&want[i]))
	}
	n := s.rotate()
	data, err := os.ReadFile(s.name(n))
	must(t, err)
	got, err := readSpool(s.name(n))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	for cut := whole; cut < int64(len(data)); cut++ {
		must(t, os.WriteFile(s.name(n), data[:cut], 0o644))
		if got, err := readSpool(s.name(n)); err != nil || !reflect.DeepEqual(got, want[:2]) {
			t.Fatalf("cut at byte %d: %+v, %v", cut, got, err)
		}
	}
	data[len(data)-1] ^= 1
	must(t, os.WriteFile(s.name(n), data, 0o644))
	if got, err := readSpool(s.name(n)); err != nil || len(got) != 2 {
		t.Errorf("a flipped bit: %d records, %v", len(got), err)
	}
}

// TestDiesWhileOpen has a run die while this process has the journal open: its last steps are seen, and it can be resumed once.
func TestDiesWhileOpen(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	a := killOnce(t, j.at.Path, 20*time.Millisecond, false)
	a.check(t, j)
	run, err := j.Resume(ctx, a.run)
	must(t, err)
	must(t, run.Finish(nil))
}

// TestOddPath opens a journal whose path holds what a URL treats specially.
func TestOddPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%20é[x]*", "j ournal%.db")
	j, err := Open(path)
	must(t, err)
	run, err := j.Begin(context.Background(), "x", nil)
	must(t, err)
	must(t, run.Log(1, Metrics{"m": 1}))
	must(t, j.Close())
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	j, err = Open("sqlite:" + path)
	must(t, err)
	defer j.Close()
	if s, err := j.Series(context.Background(), run.ID, "m"); err != nil || s.Len() != 1 {
		t.Errorf("%d points, %v", s.Len(), err)
	}
}
