// Package screen turns what a program wrote to a terminal into the text that stands there in the end: a progress bar is its last state,
// colours are gone.
package screen

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is what a terminal shows of an output in the end.
func Text(output string) string {
	var b strings.Builder
	w := New(&b)
	_, _ = w.Write([]byte(output)) // to memory
	_ = w.Close()
	return b.String()
}

// rows is how many lines a program can still go back to, as bars of several lines do; longest is the bytes of a line from which on it is
// written as it is.
const (
	rows    = 100
	longest = 1 << 20
)

// A Writer writes to another what stands on the screen, line by line once it cannot change any more. It holds a few lines only.
type Writer struct {
	out    io.Writer
	lines  [][]byte
	spare  []byte // what was a line, for the next
	row    int
	back   bool   // the cursor stands at the beginning of its line: what is written next takes its place
	escape []byte // a sequence that is not whole yet
	err    error
}

// New makes a writer to out.
func New(out io.Writer) *Writer { return &Writer{out: out, lines: [][]byte{nil}} }

// Write takes a piece of output, which may begin and end anywhere.
func (w *Writer) Write(text []byte) (int, error) {
	for i := 0; i < len(text); {
		if w.escape != nil || text[i] == 0x1b {
			w.escape = append(w.escape, text[i])
			i++
			if whole(w.escape) {
				w.obey(w.escape)
				w.escape = nil
			}
			continue
		}
		end := i
		for end < len(text) && !isControl(text[end]) {
			end++
		}
		if end > i {
			w.put(text[i:end])
			i = end
			continue
		}
		w.control(text[i])
		i++
	}
	return len(text), w.err
}

func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// put writes at the cursor.
func (w *Writer) put(text []byte) {
	if w.back {
		w.lines[w.row], w.back = w.lines[w.row][:0], false
	}
	w.lines[w.row] = append(w.lines[w.row], text...)
	if len(w.lines[w.row]) > longest {
		w.flush(w.row + 1)
	}
}

func (w *Writer) control(c byte) {
	switch c {
	case '\n':
		w.row, w.back = w.row+1, false
		if w.row == len(w.lines) {
			w.lines = append(w.lines, w.spare)
			w.spare = nil
		} else {
			w.back = true // what stands there is written over
		}
		if len(w.lines) > rows {
			w.flush(1)
		}
	case '\r':
		w.back = true
	case '\b', 0x7f:
		if line := w.lines[w.row]; len(line) > 0 && !w.back {
			_, size := utf8.DecodeLastRune(line)
			w.lines[w.row] = line[:len(line)-size]
		}
	}
}

// flush writes the first n lines.
func (w *Writer) flush(n int) {
	for _, line := range w.lines[:n] {
		if w.err == nil {
			_, w.err = w.out.Write(append(line, '\n'))
		}
	}
	if n > 0 {
		w.spare = w.lines[0][:0]
	}
	w.lines = append(w.lines[:0], w.lines[n:]...)
	if w.row -= n; w.row < 0 {
		w.row, w.back = 0, false
	}
	if len(w.lines) == 0 {
		w.lines = append(w.lines, w.spare)
		w.spare = nil
	}
}

// Close writes what is left; the last line without an end of its own.
func (w *Writer) Close() error {
	last := len(w.lines) - 1
	end := w.lines[last]
	w.flush(last)
	if w.err == nil && len(end) > 0 {
		_, w.err = w.out.Write(end)
	}
	return w.err
}

// whole tells whether an escape sequence has all its characters: ESC [ … letter, ESC ] … BEL or ESC \, or ESC and one more. One that does
// not end is left out.
func whole(s []byte) bool {
	if len(s) < 2 {
		return false
	}
	last := s[len(s)-1]
	switch s[1] {
	case '[':
		return len(s) > 2 && last >= 0x40 && last <= 0x7e || len(s) > 64
	case ']', 'P', '_', '^':
		return last == 0x07 || last == '\\' && s[len(s)-2] == 0x1b || len(s) > 4096
	case '(', ')':
		return len(s) == 3
	}
	return true
}

// obey follows the sequences that bars use: erase the line, and go up or down.
func (w *Writer) obey(s []byte) {
	if len(s) < 3 || s[1] != '[' {
		return
	}
	n, err := strconv.Atoi(string(s[2 : len(s)-1]))
	switch s[len(s)-1] {
	case 'K':
		if w.back || n == 2 {
			w.lines[w.row] = w.lines[w.row][:0]
		}
	case 'A', 'F':
		if err != nil {
			n = 1
		}
		w.row, w.back = max(0, w.row-max(n, 1)), true
	case 'B', 'E':
		if err != nil {
			n = 1
		}
		w.row, w.back = min(len(w.lines)-1, w.row+max(n, 1)), true
	}
}
