// Package gotext reads the text of a cell as Go's own scanner would, where GoNB looks at single lines: which lines are
// GoNB's commands and which only look like them, whether a cell is complete, which declarations it makes, and where in a
// cell an error is.
package gotext

import (
	"strings"
	"unicode"
)

// place is where in Go's syntax a line begins.
type place int

const (
	inCode    place = iota
	inRaw           // within a raw string
	inComment       // within /* … */
)

// scanner goes through a cell line by line. It knows no more of Go than strings, comments and brackets.
type scanner struct {
	place    place
	open     []byte // brackets that are open; L for the one of a composite literal
	last     byte   // the last byte of Go that is no space
	wrong    bool   // a bracket closes what is not open
	rawStart int    // where the raw string that is open began
	raws     []span // raw strings that have ended
}

// opening is the bracket that one closes.
var opening = map[byte]byte{')': '(', ']': '[', '}': '{'}

// literal is what a brace of a composite literal is noted as.
const literal = 'L'

// span is a piece of the text, from the first byte to the one after the last.
type span struct{ from, to int }

// inner is the bracket that is open innermost, 0 for none.
func (s *scanner) inner() byte {
	if len(s.open) == 0 {
		return 0
	}
	return s.open[len(s.open)-1]
}

// isOperand tells whether a line that looks like a command is Go's: it stands in parentheses, or its ! in a composite literal or
// behind an operator that ends the line before.
func (s *scanner) isOperand(line string) bool {
	switch inner := s.inner(); inner {
	case '(', '[':
		return true
	default:
		return line[0] == '!' && (inner == literal || strings.IndexByte("&|=,<>", s.last) >= 0 && s.last != 0)
	}
}

// line takes in the Go text of one line, which begins at byte `at` of the cell.
func (s *scanner) line(text string, at int) {
	word, _, _ := strings.Cut(strings.TrimLeft(text, "} \t"), " ")
	for i := 0; i < len(text); i++ {
		rest, before := text[i:], s.last
		switch s.place {
		case inRaw:
			if text[i] == '`' {
				s.place = inCode
				s.raws = append(s.raws, span{s.rawStart, at + i + 1})
			}
			continue
		case inComment:
			if strings.HasPrefix(rest, "*/") {
				s.place = inCode
				i++
			}
			continue
		}
		if text[i] != ' ' && text[i] != '\t' && !strings.HasPrefix(rest, "//") && !strings.HasPrefix(rest, "/*") {
			s.last = text[i]
		}
		switch c := text[i]; {
		case strings.HasPrefix(rest, "//"):
			return
		case strings.HasPrefix(rest, "/*"):
			s.place = inComment
			i++
		case c == '`':
			s.place, s.rawStart = inRaw, at+i
		case c == '"' || c == '\'':
			i += quoted(rest) - 1
		case c == '{' && s.isLiteral(text[:i], word, before):
			s.open = append(s.open, literal)
		case c == '(' || c == '[' || c == '{':
			s.open = append(s.open, c)
		case c == ')' || c == ']' || c == '}':
			if inner := s.inner(); inner != opening[c] && (c != '}' || inner != literal) {
				s.wrong = true
			}
			if len(s.open) > 0 {
				s.open = s.open[:len(s.open)-1]
			}
		}
	}
}

// isLiteral tells whether a brace begins a composite literal, as gofmt sets one out: its type stands right before it, or it is an
// element of another. word is the first of the line, and last the last byte of Go before the brace.
func (s *scanner) isLiteral(before, word string, last byte) bool {
	if s.inner() == literal && (last == '{' || last == ',' || last == ':') {
		return true
	}
	switch word {
	case "if", "for", "switch", "select", "else":
		return false
	}
	name := before[len(strings.TrimRightFunc(before, isName)):]
	switch name {
	case "":
		return strings.HasSuffix(before, "]") && !strings.HasPrefix(word, "func")
	case "struct", "interface", "else", "select", "switch", "for":
		return false
	}
	return word != "func" // of a function it is the body, whose result stands before it
}

func isName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// quoted is the length of the string or character that a text begins with; one that is not closed ends with its line.
func quoted(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		}
	}
	return len(text)
}

// prefix lets a command stand in a comment, for other tools to read the cell as Go.
const prefix = "//gonb:"

// looksLikeCommand tells whether GoNB takes a line for a command of its own.
func looksLikeCommand(line string) bool {
	line = strings.TrimPrefix(line, prefix)
	return len(line) > 1 && (line[0] == '!' || line[0] == '%')
}

// IsGo tells whether a cell is Go: its first line may make it a file to write or a script instead.
func IsGo(code string) bool {
	first, _, _ := strings.Cut(code, "\n")
	words := strings.Fields(strings.TrimPrefix(first, prefix))
	if len(words) == 0 {
		return true
	}
	switch words[0] {
	case "%%writefile", "%%script", "%%bash", "%%sh", "%%gx":
		return false
	}
	return true
}
