package gotext

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Report is an error as Jupyter shows one.
type Report struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// Cell is what a reader calls a cell, as "[3]", and its text.
type Cell struct{ Name, Text string }

// Cells are the cells that were run, by the number that GoNB gave each.
type Cells map[int]Cell

// problem is one error that Go found in a cell. Lines and columns are counted from 1.
type problem struct {
	cell         Cell
	line, column int
	message      string
}

var (
	position = regexp.MustCompile(`^\s*\S*main(?:_test)?\.go:\d+:(\d+): (.*)$`)
	// twice is what Go says of a method that is declared a second time, with a receiver that GoNB takes for another.
	twice   = regexp.MustCompile(`^(method (\w+)\.(\w+) already declared) at \S+$`)
	inCell  = regexp.MustCompile(`^Cell(?:\[(\d+)\]:)? Line (\d+)\n`)
	folder  = regexp.MustCompile(`\S*/gonb_[0-9a-f]+/`)
	colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
)

// full is what to do where there was no room for a cell's files.
const full = "A disk is full: that of the kernel's temporary files, kernels in its state folder, or of Go's cache. Make room, and run the cell again."

// noPrograms is what to do where a cell's program may not be run.
const noPrograms = "The disk of the kernel's temporary files lets no program run (noexec): set FLOWBOOK_HOME to a folder on another disk, or TMPDIR if FLOWBOOK_HOME is a long path, and `make lab` again."

// Explain puts an error of GoNB's, given as text, into the words of Go's own tools: the cell, line, column and message, the
// line itself, and nothing of the files that the cell was compiled in. number is that of the cell that was run.
func Explain(gonb Report, number int, cells Cells) Report {
	lines := strings.Split(gonb.Value, "\n")
	out := Report{Name: gonb.Name}
	stale := map[string]bool{}
	for i, line := range lines {
		m := position.FindStringSubmatch(line)
		if m == nil || i >= len(gonb.Traceback) {
			if !strings.HasPrefix(line, "# gonb_") && strings.TrimSpace(line) != "" {
				out.Traceback = append(out.Traceback, Clean(line, cells))
			}
			continue
		}
		in, p := number, problem{message: m[2]}
		p.column, _ = strconv.Atoi(m[1])
		if at := inCell.FindStringSubmatch(colours.ReplaceAllString(gonb.Traceback[i], "")); at != nil {
			p.line, _ = strconv.Atoi(at[2])
			if at[1] != "" {
				in, _ = strconv.Atoi(at[1])
			}
		}
		p.cell = cells[in]
		hint := func(name string, of Cell) {
			if name == "" || stale[name] {
				return
			}
			stale[name] = true
			out.Traceback = append(out.Traceback, fmt.Sprintf("%s, as cell %s defines it, does not fit what this cell defines. `%%rm %s` drops it; then run this cell, and the other one as it is now.", name, of.Name, name))
		}
		again := twice.FindStringSubmatch(p.message)
		if again != nil {
			p.message = again[1]
		}
		if out.Value == "" {
			out.Value = p.String()
			out.Name = "compile error"
		}
		out.Traceback = append(out.Traceback, p.String()+p.excerpt())
		switch {
		case again != nil:
			hint(cells.method(again[2], again[3], number))
		case in != number:
			hint(Declared(p.cell.Text, p.line), p.cell)
		}
	}
	if out.Value == "" {
		out.Value = Clean(strings.TrimSpace(gonb.Value), cells)
	}
	if strings.HasPrefix(out.Value, "Failed to create main") { // GoNB writes each cell there
		out.Traceback = append(out.Traceback, "The kernel's folder for temporary files is gone. Restart the kernel.")
	}
	if strings.HasPrefix(out.Value, `failed to write "package main`) || strings.Contains(out.Value, "no space left on device") {
		out.Traceback = append(out.Traceback, full)
	}
	if strings.HasPrefix(out.Value, "failed to start to execute command") && strings.HasSuffix(out.Value, "permission denied") {
		out.Traceback = append(out.Traceback, noPrograms)
	}
	return out
}

// String is the problem as Go says one, with the cell for the file.
func (p problem) String() string {
	if p.line == 0 {
		return fmt.Sprintf("cell %s: %s", p.cell.Name, p.message)
	}
	return fmt.Sprintf("cell %s:%d:%d: %s", p.cell.Name, p.line, p.column, p.message)
}

// excerpt is the line with the problem and a mark under its column.
func (p problem) excerpt() string {
	lines := strings.Split(p.cell.Text, "\n")
	if p.line < 1 || p.line > len(lines) {
		return ""
	}
	line := strings.TrimRight(lines[p.line-1], "\r")
	before := line[:min(max(p.column-1, 0), len(line))]
	blank := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
	return "\n    " + line + "\n    " + blank + "^"
}

var frame = regexp.MustCompile("[ \t]*\x1b\\[7m\\[\\[ Cell (?:\\[(\\d+)\\] )?Line (\\d+) \\]\\]\x1b\\[0m \\S*main(?:_test)?\\.go:\\d+(?: \\+0x[0-9a-f]+)?")

// Clean takes the temporary files out of a text of GoNB's or of Go's: places in a cell are named as such.
func Clean(text string, cells Cells) string {
	if !strings.Contains(text, "/gonb_") && !strings.Contains(text, "[[ Cell ") { // a long text without either is quickly done with
		return text
	}
	text = frame.ReplaceAllStringFunc(text, func(found string) string {
		m := frame.FindStringSubmatch(found)
		if m[1] == "" {
			return "\tcell, line " + m[2]
		}
		number, _ := strconv.Atoi(m[1])
		return fmt.Sprintf("\tcell %s, line %s", cells[number].Name, m[2])
	})
	return folder.ReplaceAllString(text, "")
}
