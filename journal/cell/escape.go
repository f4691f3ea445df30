package cell

import "strings"

// escapeTags makes what looks like an HTML tag in Markdown stand as text, as a journal's note must. Code and maths stay: there a < is a < already.
func escapeTags(markdown string) string {
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
			switch {
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

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
