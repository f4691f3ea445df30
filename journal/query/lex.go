package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"flowbook/journal/fault"
)

// Error shows the filter with a caret under the place.
func (e *Error) Error() string {
	return fmt.Sprintf("filter, column %d: %s\n  %s\n  %s^", e.Column, e.Message, e.Filter, strings.Repeat(" ", max(0, e.Column-1)))
}

// Unwrap makes a FilterError an ErrInvalid.
func (e *Error) Unwrap() error { return fault.ErrInvalid }

type tokenKind int

const (
	tokenEnd  tokenKind = iota
	tokenWord           // a field, a keyword, a number or a bare value
	tokenString
	tokenOp
	tokenOpen
	tokenClose
)

// A token is a piece of a filter; at is its byte offset.
type token struct {
	kind tokenKind
	text string
	at   int
}

// lexFilter splits a filter into tokens, the last of which is tokenEnd.
func lexFilter(filter string) ([]token, error) {
	var all []token
	for i := 0; i < len(filter); {
		c, size := utf8.DecodeRuneInString(filter[i:])
		rest := filter[i:]
		switch {
		case unicode.IsSpace(c):
			i += size
		case !strings.ContainsRune(`'")`, c) && afterMatch(all): // a bare pattern goes on to the next space or )
			n := strings.IndexFunc(rest, func(c rune) bool { return unicode.IsSpace(c) || c == ')' })
			if n < 0 {
				n = len(rest)
			}
			all = append(all, token{tokenWord, rest[:n], i})
			i += n
		case c == '(':
			all = append(all, token{tokenOpen, "(", i})
			i++
		case c == ')':
			all = append(all, token{tokenClose, ")", i})
			i++
		case c == '\'' || c == '"':
			end := strings.IndexRune(rest[1:], c)
			if end < 0 {
				return nil, filterError(filter, i, "the quote is not closed")
			}
			all = append(all, token{tokenString, rest[1 : 1+end], i})
			i += end + 2
		case operator(rest) != "":
			op := operator(rest)
			all = append(all, token{tokenOp, op, i})
			i += len(op)
		case isWord(c):
			n := wordLength(rest)
			all = append(all, token{tokenWord, rest[:n], i})
			i += n
		default:
			return nil, filterError(filter, i, fmt.Sprintf("unexpected %q", c))
		}
	}
	return append(all, token{tokenEnd, "", len(filter)}), nil
}

// afterMatch tells whether the last token was ~ or !~.
func afterMatch(all []token) bool {
	return len(all) > 0 && all[len(all)-1].kind == tokenOp && strings.HasSuffix(all[len(all)-1].text, "~")
}

// operators, longest first.
var operators = []string{"&&", "||", "<=", ">=", "==", "!=", "!~", "<", ">", "=", "~", "!"}

func operator(s string) string {
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

// isWord tells whether a character may be in a field or a bare value: letters, digits and the signs of numbers, paths and dates.
func isWord(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("_.+-/:@%#,", c)
}

// wordLength is the bytes of a word; a quoted part may stand in it, as in metric.'val loss'.last.
func wordLength(s string) int {
	quote := rune(0)
	for i, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '\'' || c == '"') && i > 0 && s[i-1] == '.':
			quote = c
		case !isWord(c):
			return i
		}
	}
	return len(s)
}

func filterError(filter string, at int, message string) error {
	return &Error{filter, utf8.RuneCountInString(filter[:at]) + 1, message}
}
