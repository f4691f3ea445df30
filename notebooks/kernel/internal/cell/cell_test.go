package cell

import (
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"
)

// Each piece that the reader of a pipe gets is whole, however the text was written and however much is read at once.
func TestRunesAreWhole(t *testing.T) {
	text := strings.Repeat("a€𝜎é", 5000)
	for _, size := range []int{1, 2, 3, 5, 4096, 100000} {
		r, f, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		w := newRunes(f)
		go func() {
			for rest := text; rest != ""; {
				n := min(size, len(rest))
				w.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			w.Close()
			f.Close()
		}()
		var got strings.Builder
		buffer := make([]byte, 32<<10)
		for {
			n, err := r.Read(buffer)
			if !utf8.Valid(buffer[:n]) {
				t.Fatalf("written %d bytes at a time, a piece of %d bytes is cut within a character", size, n)
			}
			got.Write(buffer[:n])
			if err == io.EOF {
				break
			}
		}
		if got.String() != text {
			t.Errorf("written %d bytes at a time, %d of %d bytes arrive", size, got.Len(), len(text))
		}
	}
}

func TestBrokenTextIsPassedOn(t *testing.T) {
	r, f, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := newRunes(f)
	w.Write([]byte("a\xff\xe2\x82"))
	w.Close()
	f.Close()
	if got, _ := io.ReadAll(r); string(got) != "a\xff\xe2\x82" {
		t.Errorf("%q arrives", got)
	}
}

type buffer struct{ strings.Builder }

func (*buffer) Close() error { return nil }

func TestPanics(t *testing.T) {
	const trace = "goroutine 1 [running]:\ngithub.com/janpfeifer/must.init.func1({0x1, 0x2})\n\t/mod/must.go:13 +0x1\nmain.main()\n\t/tmp/main.go:3 +0x2\n"
	overflow := tooDeep + "1000000000-byte limit\nruntime: sp=0x2 stack=[0x1, 0x2]\nfatal error: stack overflow\n\nruntime stack:\nruntime.throw({0x4c, 0x58})\n\t/go/panic.go:1 +0x48 fp=0x7 sp=0x7 pc=0x4\n\ngoroutine 1 gp=0x2 m=0 mp=0x5 [running]:\n" +
		"main.even(0x1)\n\t/tmp/main.go:3 +0x2e fp=0x1 sp=0x1 pc=0x4\n" + strings.Repeat("main.odd(0x1)\n\t/tmp/main.go:4 +0x18 fp=0x1 sp=0x1 pc=0x4\nmain.even(0x1)\n\t/tmp/main.go:3 +0x18 fp=0x1 sp=0x1 pc=0x4\n", 40)
	for _, c := range []struct {
		name, said    string
		stopped       bool
		want          string
		wantRightAway string
	}{
		{"no panic", "a\npan\nb", false, "a\npan\nb", "a\npan\nb"},
		{"must", "a\n2026/11/28 07:09:59 Must not error: no x\nPanicking ...\n\npanic: no x\n\n" + trace, false, "a\npanic: no x\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/main.go:3 +0x2\n", "a\n"},
		{"must, stopped", "a\n2026/11/28 07:09:59 Must not error: no x\nPanicking ...\n\npanic: no x\n\n" + trace, true, "a\nno x\n", "a\n"},
		{"stopped", "panic: two\nlines\n\n" + trace, true, "two\nlines\n", ""},
		{"too deep", overflow, false, "panic: stack overflow: these call each other without end\n\ngoroutine 1 [running]:\nmain.even(...)\n\t/tmp/main.go:3\nmain.odd(...)\n\t/tmp/main.go:4\n", ""},
		{"not at a line's beginning", "say panic: x", true, "say panic: x", "say panic: x"},
		{"a beginning that is none", "pan", false, "pan", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1000, 40, 1} {
				if size == 1 && strings.Contains(c.said, "Must") {
					continue // package log writes a line whole
				}
				var stopped atomic.Bool
				stopped.Store(c.stopped)
				out := &buffer{}
				ended := false
				w := &panics{to: out, stopped: &stopped, end: func() { ended = true }}
				for rest := c.said; rest != ""; {
					n := min(size, len(rest))
					if strings.HasPrefix(rest, "2026") || strings.Contains(rest[:n], "2026") {
						n = min(len(rest), strings.Index(rest, "Panicking")+len("Panicking ...\n\n"))
					}
					w.Write([]byte(rest[:n]))
					rest = rest[n:]
				}
				if out.String() != c.wantRightAway {
					t.Errorf("%d bytes at a time, before the end it has passed on %q, want %q", size, out.String(), c.wantRightAway)
				}
				w.Close()
				if ended != strings.HasPrefix(c.said, tooDeep) {
					t.Errorf("%d bytes at a time, the program is ended: %v", size, ended)
				}
				if out.String() != c.want {
					t.Errorf("%d bytes at a time it says %q, want %q", size, out.String(), c.want)
				}
			}
		})
	}
}
