package gotext

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Escaped is a cell as it is handed to GoNB: the same lines, the same Go, but nothing in it that GoNB would take for a
// command of its own where it is Go's text.
type Escaped struct {
	// Code is the text to hand over.
	Code string
	// HasGo tells whether there is Go in it, and not commands alone.
	HasGo bool
	// Fault is what is wrong with a cell that GoNB must not be given, as "LINE:1: MESSAGE"; empty for nothing.
	Fault string

	original string
	inserted []insertion
}

// insertion is a text that was put in before the byte `at` of the original.
type insertion struct {
	at   int
	text string
}

// Stopped is the name of a file in the folder for temporary files: where it is, shell commands do nothing.
const Stopped = "stopped"

// Escape prepares a cell for GoNB.
//
// A line that begins with ! or % within a raw string, a comment or parentheses is Go's, and so is one that begins with
// "package" and is no package clause, which GoNB leaves out. In a raw string it is spelled (`…`+"!"+`…`), which is the same
// constant on the same lines; else it gets a space before it. A ! or % with nothing after it becomes a comment. Shell commands
// find the end of their input at once, unless %with_inputs or %with_password stands before them, and say so where they hold
// their cell though they end in &. A second main function would end GoNB, and so would a command whose path is empty.
func Escape(code string) *Escaped {
	e := &Escaped{original: code, Code: code}
	if !IsGo(code) {
		first, _, _ := strings.Cut(code, "\n")
		e.Fault = lacksPath(bare(first), 1)
		return e
	}
	main := 0                             // the line that begins the main function
	asks, broken := false, map[int]bool{} // broken: raw strings to put in parentheses, by where they begin
	before := ""                          // the line before
	s := walk(code, func(p piece) {
		line := bare(p.lines[0])
		switch {
		case p.command:
			if beginsMain(line) {
				if main > 0 {
					e.Fault = fmt.Sprintf("%d:1: a second %s: the main function of this cell begins on line %d", p.line, strings.Fields(line)[0], main)
				}
				main, e.HasGo = p.line, true
			}
			if fault := lacksPath(line, p.line); fault != "" {
				e.Fault = fault
			}
			asks = e.command(p.at, p.lines, asks)
		case !looksLikeCommand(line) && !looksLikePackage(line):
			e.HasGo = e.HasGo || strings.TrimSpace(line) != ""
			if lost := lostComment(before, line); lost != "" && p.place == inCode {
				e.Fault = fmt.Sprintf("%d:1: %s", p.line, lost)
			}
		case p.place == inRaw:
			broken[p.rawStart] = true
			e.insert(p.at, "`+\"")
			e.insert(p.at+1, "\"+`")
		default:
			if !packageClause.MatchString(line) {
				e.insert(p.at, " ")
			}
		}
		before = line
	})
	for _, raw := range s.raws {
		if broken[raw.from] {
			e.insert(raw.from, "(")
			e.insert(raw.to, ")")
		}
	}
	e.apply()
	return e
}

// command prepares one command, whose lines begin at byte `at`. asks tells whether the next shell command may ask its
// reader for input, before and after it.
func (e *Escaped) command(at int, lines []string, asks bool) bool {
	text := strings.TrimPrefix(bare(lines[0]), prefix)
	at += len(bare(lines[0])) - len(text)
	if strings.Trim(text[1:]+strings.Join(lines[1:], ""), " \t\r\n\\") == "" {
		e.insert(at, " // ") // GoNB would die of it
		return asks
	}
	if text[0] == '%' {
		word, _, _ := strings.Cut(strings.TrimLeft(text[1:], " \t"), " ")
		return asks || word == "with_inputs" || word == "with_password"
	}
	start := 1 + len(text[1:]) - len(strings.TrimLeft(text[1:], " \t"))
	if strings.HasPrefix(text[start:], "*") {
		start++
	}
	guard := `[ ! -e "$TMPDIR/` + Stopped + `" ] || exit 130; `
	if !asks {
		guard += "exec </dev/null; "
	}
	if waits(text[start:] + strings.Join(lines[1:], "\n")) {
		guard += background
	}
	e.insert(at+start, guard)
	return false
}

// background is said of a command in the background that holds its cell: GoNB waits for the end of what it may say.
const background = `echo 'The cell lasts as long as this command, for what it says; with its output elsewhere, as in !command >log 2>&1 &, it goes on by itself until the kernel ends.' >&2; `

// waits tells whether a shell command goes into the background and its output does not go elsewhere.
func waits(command string) bool {
	command = strings.TrimSpace(command)
	return strings.HasSuffix(command, "&") && !strings.HasSuffix(command, "&&") && !strings.Contains(command, ">")
}

// beginsMain tells whether a command begins the main function of a cell.
func beginsMain(line string) bool {
	line = strings.TrimPrefix(line, prefix)
	return line == "%%" || strings.HasPrefix(line, "%% ") || strings.HasPrefix(line, "%%\t") || strings.HasPrefix(line, "%main")
}

// emptyPath is a command that wants a file, folder or program and has none, or "" for one: a quote that is not closed is a path
// too, to GoNB.
var emptyPath = regexp.MustCompile(`^%[ \t]*(%script|%writefile|cd|capture|track|untrack)(?:\s+-a)?(?:\s+"(?:"|$)|\s*$)`)

// lacksPath is what to say of a command on a line that wants a path and has none; empty for nothing.
func lacksPath(line string, number int) string {
	command := strings.TrimPrefix(line, prefix)
	found := emptyPath.FindStringSubmatch(strings.TrimLeft(command, " \t"))
	if found == nil || !strings.Contains(command, `"`) && found[1] != "%script" { // without any, GoNB has an answer
		return ""
	}
	return fmt.Sprintf("%d:1: %%%s needs a path or program behind it", number, found[1])
}

// lostComment is what to say of a comment that means something to Go and that GoNB leaves out, so that the cell would do
// something else without a word; empty for none.
func lostComment(before, line string) string {
	switch {
	case strings.HasPrefix(line, "//go:embed "):
		return "go:embed does not work in a cell, which is compiled in a folder of its own: read the file with os.ReadFile"
	case line == `import "C"` && (strings.HasPrefix(before, "//") || strings.HasSuffix(before, "*/")):
		return "C code before import \"C\" does not work in a cell: put it into a package, and import that"
	}
	return ""
}

// packageClause is what GoNB may leave out: it writes its own.
var packageClause = regexp.MustCompile(`^package\s+\w+\s*(;|//.*)?$`)

func looksLikePackage(line string) bool { return strings.HasPrefix(line, "package") }

func (e *Escaped) insert(at int, text string) { e.inserted = append(e.inserted, insertion{at, text}) }

func (e *Escaped) apply() {
	slices.SortStableFunc(e.inserted, func(a, b insertion) int { return a.at - b.at })
	var out strings.Builder
	last := 0
	for _, i := range e.inserted {
		out.WriteString(e.original[last:i.at])
		out.WriteString(i.text)
		last = i.at
	}
	out.WriteString(e.original[last:])
	e.Code = out.String()
}

// Cursor gives the place in Code of a place in the original, both in UTF-16 units as Jupyter counts them.
func (e *Escaped) Cursor(original int) int {
	at := original
	for _, i := range e.inserted {
		if Units(e.original[:i.at]) < original {
			at += Units(i.text)
		}
	}
	return at
}

// Original is the other way round: the place in the original of a place in Code.
func (e *Escaped) Original(cursor int) int {
	for _, i := range e.inserted {
		if start := Units(e.original[:i.at]); cursor > start {
			cursor = max(start, cursor-Units(i.text))
		}
	}
	return cursor
}

// Units is the length of a text in UTF-16 units.
func Units(text string) (n int) {
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}
