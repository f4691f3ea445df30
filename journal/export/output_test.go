package export

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestExportOutput writes the page of a run with much output, and with a progress bar of megabytes in one line: the page is small, has the
// end and the bar's last state, and writing it takes little memory.
func TestExportOutput(t *testing.T) {
	ctx := context.Background()
	j := open(t)
	run, err := j.Begin(ctx, "loud", nil)
	must(t, err)
	line := []byte(strings.Repeat("x", 99) + "\n")
	for range 16 {
		_, err := run.Write(bytes.Repeat(line, 20_000))
		must(t, err)
	}
	_, err = run.Write([]byte("the end\n"))
	must(t, err)
	must(t, run.Finish(nil))
	bar, err := j.Begin(ctx, "bar", nil)
	must(t, err)
	for i := range 20 {
		var piece bytes.Buffer
		for k := range 10_000 {
			fmt.Fprintf(&piece, "\r\x1b[32mepoch %3d%%|%s|\x1b[0m", i*5, strings.Repeat("#", k%40))
		}
		_, err := bar.Write(piece.Bytes())
		must(t, err)
	}
	_, err = bar.Write([]byte("\repoch 100%|done|\n"))
	must(t, err)
	must(t, bar.Finish(nil))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	page := render(t, j, Options{})
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 128<<20 {
		t.Errorf("%d MB were taken for the page", took>>20)
	}
	if len(page) > 300_000 || !strings.Contains(page, "the end</pre>") || !strings.Contains(page, "32.0 MB") && !strings.Contains(page, "31.9 MB before this") {
		t.Errorf("the page has %d bytes: %.300q", len(page), page[strings.Index(page, "before this")-20:])
	}
	if !strings.Contains(page, "MB before this\nepoch 100%|done|</pre>") {
		t.Error("the bar's last state alone is not shown")
	}
}

// TestExportTail cuts a text between lines and letters.
func TestExportTail(t *testing.T) {
	if got := tail(strings.Repeat("line\n", 100), 20); !strings.HasPrefix(got, "… 485 bytes before this\n") || !strings.HasSuffix(got, "line\n") {
		t.Errorf("tail gives %q", got)
	}
	if got := tail("äöü", 3); !strings.HasSuffix(got, "ü") || strings.Contains(got, "\uFFFD") {
		t.Errorf("tail cuts a letter: %q", got)
	}
}
