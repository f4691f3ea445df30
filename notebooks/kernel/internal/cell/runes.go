package cell

import (
	"os"
	"sync"
	"unicode/utf8"
)

// packet is the most that a pipe hands over in one piece.
const packet = 4096

// runes writes whole characters, each write in pieces that arrive as they were sent: GoNB turns each piece that it reads
// into a message of its own, and half a character into the sign for a broken one.
type runes struct {
	mu   sync.Mutex
	to   *os.File
	rest []byte // the beginning of a character
}

func newRunes(to *os.File) *runes {
	inPackets(to)
	return &runes{to: to}
}

// Write holds back a character whose end has not come yet.
func (w *runes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.rest, p...)
	whole := len(text) - unfinished(text)
	w.rest = append([]byte(nil), text[whole:]...)
	return len(p), w.send(text[:whole])
}

func (w *runes) send(text []byte) error {
	for len(text) > 0 {
		piece := text[:min(packet, len(text))]
		if len(piece) < len(text) {
			piece = piece[:len(piece)-unfinished(piece)]
		}
		if _, err := w.to.Write(piece); err != nil {
			return err
		}
		text = text[len(piece):]
	}
	return nil
}

// Close writes what was held back.
func (w *runes) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := w.rest
	w.rest = nil
	if len(rest) == 0 {
		return nil
	}
	_, err := w.to.Write(rest)
	return err
}

// unfinished is how many bytes at the end of a text begin a character that is not all there.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if b := text[len(text)-n]; utf8.RuneStart(b) {
			if utf8.FullRune(text[len(text)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}
