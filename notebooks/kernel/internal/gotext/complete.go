package gotext

import "strings"

// Completeness says whether a cell can be run as it is, as Jupyter's consoles ask: "complete", "incomplete" with the indent
// that its next line wants, or "invalid" where no further line could make it Go: a bracket closes what is not open.
func Completeness(code string) (status, indent string) {
	if !IsGo(code) {
		return "complete", ""
	}
	unended := false // a command goes on in a line that is not there
	s := walk(code, func(p piece) { unended = p.command && strings.HasSuffix(bare(p.lines[len(p.lines)-1]), `\`) })
	switch {
	case unended:
		return "incomplete", ""
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
	var out strings.Builder
	walk(Escape(code).Code, func(p piece) {
		for _, line := range p.lines {
			if p.command && !defines(strings.TrimPrefix(bare(p.lines[0]), prefix)) {
				line = line[len(bare(line)):]
			}
			out.WriteString(line)
		}
	})
	return out.String()
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
