package screen

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestText holds what stands on a terminal in the end.
func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"one\ntwo\n":             "one\ntwo\n",
		"one\r\ntwo\r\n":         "one\ntwo\n",
		"no end":                 "no end",
		"10%\r50%\r100%\ndone\n": "100%\ndone\n",
		"100 %\r5 %\n":           "5 %\n",
		"bar\r\n":                "bar\n",
		"bar\r":                  "bar",
		"\r\rbar\r\r":            "bar",
		"\x1b[31mred\x1b[0m\n":   "red\n",
		"\x1b]0;title\x07text":   "text",
		"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\": "link",
		"99\b\b\b\b100\n":                          "100\n",
		"old\r\x1b[Knew\n":                         "new\n",
		"old\x1b[2Knew\n":                          "new\n",
		"a\x00b\x01c\td":                           "abc\td",
		"caf\xc3\xa9 \xff\n":                       "café \xff\n",
		"outer 1\ninner 1\x1b[A":                   "outer 1\ninner 1",
		"x\n\x1b[2K1\n2\x1b[1A\r3\n":               "x\n3\n2",
		"unfinished \x1b[":                         "unfinished ",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q shows %q, want %q", in, got, want)
		}
		var b strings.Builder
		w := New(&b)
		for i := range len(in) { // in pieces
			if _, err := w.Write([]byte{in[i]}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil || b.String() != want {
			t.Errorf("%q in pieces shows %q, want %q", in, b.String(), want)
		}
	}
}

// TestBars draws two bars of a thousand states each, one below the other, as nested loops do.
func TestBars(t *testing.T) {
	var in strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&in, "\router %d\n\rinner %d\x1b[A", i, i)
	}
	in.WriteString("\n\ndone\n")
	if got := Text(in.String()); got != "outer 1000\ninner 1000\ndone\n" {
		t.Errorf("%d bytes show %.200q", in.Len(), got)
	}
}

// TestBounded holds that a line without end does not fill the memory.
func TestBounded(t *testing.T) {
	var most int
	w := New(writer(func(p []byte) (int, error) { most = max(most, len(p)); return len(p), nil }))
	piece := bytes.Repeat([]byte("x"), 1<<16)
	for range 200 {
		if _, err := w.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || most > longest+1<<17 {
		t.Errorf("the writer held %d bytes, %v", most, err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
