// Package plain holds what a name and a text must be to come back from every database, and stand on every page, as they were given.
package plain

import (
	"strings"
	"unicode/utf8"

	"flowbook/journal/fault"
)

// CheckName refuses a name that a database or a page could not show.
func CheckName(what, name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return fault.Invalid("the name of a %s is empty", what)
	case len(name) > 255:
		return fault.Invalid("the name of a %s has %d bytes (%.40q…); at most 255", what, len(name), name)
	case !utf8.ValidString(name):
		return fault.Invalid("the name of a %s is not UTF-8: %q", what, name)
	case strings.ContainsRune(name, 0):
		return fault.Invalid("the name of a %s holds a zero byte: %q", what, name)
	}
	return nil
}

// Clean makes a text that is not the user's own, as an error's, fit for every database.
func Clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "␀")
}

// Check refuses a text that would not come back from every database as it was given.
func Check(what, text string) error {
	if len(text) > 64<<20 {
		return fault.Invalid("the %s has %d MiB; at most 64 (attach it as an artifact)", what, len(text)>>20)
	}
	for i, c := range text {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return fault.Invalid("the %s is not UTF-8: byte %#x at offset %d; convert it, or attach it as an artifact", what, text[i], i)
			}
		}
		if c == 0 {
			return fault.Invalid("the %s holds a zero byte at offset %d; remove it, or attach the text as an artifact", what, i)
		}
	}
	return nil
}

// Digest is the beginning of a digest, for people to read.
func Digest(digest string) string {
	if digest == "" {
		return "none"
	}
	return digest[:min(12, len(digest))]
}

// CutLast is strings.Cut at the last separator.
func CutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Escape makes a text stand in HTML as it is, like html.EscapeString, whose package would bring its tables into every program.
func Escape(text string) string {
	text = Clean(text)
	for i, c := range "&<>\"'" { // & first
		text = strings.ReplaceAll(text, string(c), [...]string{"&amp;", "&lt;", "&gt;", "&#34;", "&#39;"}[i])
	}
	return text
}

// FirstLine is the first line of a text, cut at n characters.
func FirstLine(text string, n int) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	r := []rune(line)
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	if rest != "" {
		line += " …"
	}
	return line
}
