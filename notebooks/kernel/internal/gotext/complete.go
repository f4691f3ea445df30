package gotext

import "strings"

// Completeness says whether a cell can be run as it is, as Jupyter's consoles ask: "complete", "incomplete" with the indent
// that its next line wants, or "invalid" where no further line could make it Go: a bracket closes what is not open.
func Completeness(code string) (status, indent string) {
	if !IsGo(code) {
		return "complete", ""
	}
	var s scanner
	lines := strings.SplitAfter(code, "\n")
	for i, at := 0, 0; i < len(lines); {
		n := 1
		if s.place == inCode && looksLikeCommand(bare(lines[i])) && s.inner() != '(' && s.inner() != '[' {
			if n = joined(lines[i:]); i+n == len(lines) && strings.HasSuffix(bare(lines[i+n-1]), `\`) {
				return "incomplete", ""
			}
		} else {
			s.line(bare(lines[i]), at)
		}
		for _, line := range lines[i : i+n] {
			at += len(line)
		}
		i += n
	}
	switch {
	case s.wrong:
		return "invalid", ""
	case s.place != inCode:
		return "incomplete", ""
	case len(s.open) > 0:
		return "incomplete", strings.Repeat("\t", len(s.open))
	}
	return "complete", ""
}

// Definitions is what of a cell says what names mean: its Go, and the commands that change which definitions there are.
// Other commands, those of the shell above all, are left out; a cell that is no Go has none.
func Definitions(code string) string {
	if !IsGo(code) {
		return ""
	}
	lines := strings.SplitAfter(Escape(code).Code, "\n")
	for i := 0; i < len(lines); {
		n := 1
		if text := strings.TrimPrefix(bare(lines[i]), prefix); looksLikeCommand(bare(lines[i])) {
			n = joined(lines[i:])
			if !defines(text) {
				for j := i; j < i+n; j++ {
					lines[j] = lines[j][len(bare(lines[j])):]
				}
			}
		}
		i += n
	}
	return strings.Join(lines, "")
}

// defines tells whether a command has to do with definitions.
func defines(command string) bool {
	if command[0] != '%' {
		return false
	}
	word, _, _ := strings.Cut(strings.TrimLeft(command[1:], " \t"), " ")
	switch word {
	case "%", "main", "test", "exec", "reset", "rm", "remove", "cd", "env", "track", "untrack":
		return true
	}
	return false
}
