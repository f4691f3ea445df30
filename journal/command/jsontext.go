package command

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// A jsonText writes a JSON text piece by piece. A piece may end within a character; bytes that are no UTF-8 become U+FFFD.
type jsonText struct {
	w      io.Writer
	before string // what stands before the text, with its quote; without a piece nothing is written
	begun  bool
	rest   []byte // the beginning of a character
}

func (t *jsonText) write(piece []byte) error {
	if !t.begun {
		t.begun = true
		if _, err := io.WriteString(t.w, t.before); err != nil {
			return err
		}
	}
	all := append(t.rest, piece...)
	whole := len(all)
	for n := 1; n < utf8.UTFMax && n <= len(all); n++ {
		if at := len(all) - n; utf8.RuneStart(all[at]) {
			if !utf8.FullRune(all[at:]) {
				whole = at
			}
			break
		}
	}
	t.rest = bytes.Clone(all[whole:])
	return t.escaped(all[:whole])
}

// end writes what is left, and the quote.
func (t *jsonText) end() error {
	if !t.begun {
		return nil
	}
	if err := t.escaped(t.rest); err != nil {
		return err
	}
	_, err := io.WriteString(t.w, `"`)
	return err
}

func (t *jsonText) escaped(text []byte) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(string(text)); err != nil {
		return err
	}
	_, err := t.w.Write(bytes.TrimSuffix(bytes.TrimPrefix(b.Bytes(), []byte(`"`)), []byte("\"\n")))
	return err
}
