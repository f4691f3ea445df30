package cell

import (
	"regexp"
	"slices"
	"strings"
)

// runName finds a run that a text names, as run:k3f9a, where it begins.
var runName = regexp.MustCompile(`^run:([0-9a-hjkmnp-tv-z]{4,10})\b`)

// target is the card of the run that a text names where it begins, by its place in the notebook; runs are those the entry links to.
func target(text string, runs []string) (name, card string) {
	m := runName.FindStringSubmatch(text)
	if m == nil {
		return "", ""
	}
	if i := slices.IndexFunc(runs, func(id string) bool { return strings.HasPrefix(id, m[1]) }); i >= 0 {
		return m[0], "#run-" + runs[i]
	}
	return "", ""
}

// prepare makes what looks like an HTML tag in Markdown stand as text, as a journal's note must, and leads from the runs that it names to
// their cards. Code and maths stay: there a < is a < already.
func prepare(markdown string, runs ...string) string {
	var b strings.Builder
	fenced, closing := false, "" // within a fenced block; what ends the code or maths span
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") && closing == "" {
			fenced = !fenced
			b.WriteString(line)
			continue
		}
		if fenced {
			b.WriteString(line)
			continue
		}
		for i := 0; i < len(line); i++ {
			rest := line[i:]
			span := spanAt(rest)
			name, card := "", ""
			if closing == "" && (i == 0 || !isWord(line[i-1])) {
				name, card = target(rest, runs)
			}
			switch {
			case name != "" && strings.HasSuffix(line[:i], "]("):
				b.WriteString(card)
				i += len(name) - 1
			case name != "" && strings.HasPrefix(rest[len(name):], "]("): // the text of a link
				b.WriteString(name)
				i += len(name) - 1
			case name != "":
				b.WriteString("[" + name + "](" + card + ")")
				i += len(name) - 1
			case line[i] == '\\' && i+1 < len(line) && closing == "":
				b.WriteString(line[i : i+2])
				i++
			case closing != "" && strings.HasPrefix(rest, closing):
				b.WriteString(closing)
				i += len(closing) - 1
				closing = ""
			case closing == "" && span != "" && closes(markdown, line, i, span):
				closing = span
				b.WriteString(span)
				i += len(span) - 1
			case closing == "" && line[i] == '<' && len(rest) > 1 && strings.ContainsRune("/!?", rune(rest[1])) || closing == "" && line[i] == '<' && len(rest) > 1 && isLetter(rest[1]):
				b.WriteString("&lt;")
			default:
				b.WriteByte(line[i])
			}
		}
	}
	return b.String()
}

// spanAt is the mark that begins a span of code or maths here, if any.
func spanAt(s string) string {
	for _, mark := range []string{"``", "`", "$$", "$"} {
		if strings.HasPrefix(s, mark) {
			return mark
		}
	}
	return ""
}

// closes tells whether a span that begins at i ends: on the same line, or for $$ anywhere after.
func closes(markdown, line string, i int, mark string) bool {
	if strings.Contains(line[i+len(mark):], mark) {
		return true
	}
	at := strings.Index(markdown, line)
	return mark == "$$" && at >= 0 && strings.Contains(markdown[at+i+2:], mark)
}

func isWord(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '_' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
