package cell

import (
	"bytes"
	"io"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// panics passes on what a program says on its standard error, and holds back the trace that it ends with, so that Close can
// decide what of it a reader wants to see.
type panics struct {
	to      io.WriteCloser
	stopped *atomic.Bool
	end     func() // ends the program, which has said enough

	mu      sync.Mutex
	midLine bool
	held    []byte // what may begin a trace, or is one
	trace   bool   // held is one
	ended   bool   // end was called
}

// How much of a trace is held, and for how long: a program that prints "panic: " and lives on is heard too.
const (
	longest     = 1 << 20
	longestTime = 2 * time.Second
)

var (
	beginnings = [][]byte{[]byte("panic: "), []byte("fatal error: "), []byte(tooDeep)}
	// must is what package must logs before it panics with the same words.
	must = regexp.MustCompile(`(?s)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d Must not error: .*?\nPanicking \.\.\.\n\n*`)
	logs = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d Must not error: `)
)

// Write takes in some more of the standard error.
func (w *panics) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.held, p...)
	w.held = nil
	for len(text) > 0 {
		if w.trace || !w.midLine && mayBegin(text) {
			w.hold(text)
			if len(text) <= longest {
				break
			}
			return len(p), w.release()
		}
		end := bytes.IndexByte(text, '\n') + 1
		w.midLine = end == 0
		if end == 0 {
			end = len(text)
		}
		if _, err := w.to.Write(text[:end]); err != nil {
			return 0, err
		}
		text = text[end:]
	}
	return len(p), nil
}

// mayBegin tells whether a text begins a trace, or is so short that it may yet.
func mayBegin(text []byte) bool {
	for _, b := range beginnings {
		if bytes.HasPrefix(text, b) || bytes.HasPrefix(b, text) {
			return true
		}
	}
	return logs.Match(text)
}

func (w *panics) hold(text []byte) {
	w.held = bytes.Clone(text)
	if !w.trace && len(text) < len(tooDeep) && !bytes.Contains(text, []byte("\n")) {
		return
	}
	if deep(text) && !w.ended {
		w.ended = true
		w.end()
	}
	if w.trace {
		return
	}
	w.trace = true
	time.AfterFunc(longestTime, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !bytes.HasPrefix(w.held, []byte(tooDeep)) { // of which no program lives on
			_ = w.release()
		}
	})
}

// release passes on what is held, as it is.
func (w *panics) release() error {
	if len(w.held) == 0 {
		return nil
	}
	_, err := w.to.Write(w.held)
	w.held, w.trace, w.midLine = nil, false, true
	return err
}

// Close passes on what is held: after a stop the message alone, else the message and the frames that a reader may look into.
func (w *panics) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trace {
		w.held = must.ReplaceAll(w.held, nil)
		switch {
		case w.ended:
			w.held = recursion(w.held)
		case w.stopped.Load():
			w.held = message(w.held)
		default:
			w.held = frames(w.held)
		}
	}
	_ = w.release()
	return w.to.Close()
}

// message is what a panic was called with, without the trace.
func message(trace []byte) []byte {
	text, _, _ := bytes.Cut(trace, []byte("\n\ngoroutine "))
	for _, b := range beginnings {
		text = bytes.TrimPrefix(text, b)
	}
	return append(bytes.TrimSpace(text), '\n')
}

var inside = regexp.MustCompile(`(?m)^(?:github\.com/janpfeifer/must\.|runtime\.|panic\()[^\n]*\n\t[^\n]*\n`)

// frames is a trace without those of the runtime and of package must, which are the same in every trace.
func frames(trace []byte) []byte { return inside.ReplaceAll(trace, nil) }
