package gotext

import "strings"

// piece is some lines of a cell that belong together: a line of Go, or a command of GoNB's with the lines in which it goes on.
type piece struct {
	lines    []string // with their ends
	at, line int      // where it begins: the byte, and the line counted from 1
	command  bool
	place    place // where in Go's syntax it begins, and
	rawStart int   // in a raw string, where that began
}

// walk goes through a cell, piece by piece, and returns what the scanner knows of Go's syntax at its end. What looks like a
// command is none within a raw string, a comment or parentheses.
func walk(code string, do func(piece)) *scanner {
	s := &scanner{}
	lines := strings.SplitAfter(code, "\n")
	for i, at := 0, 0; i < len(lines); {
		line := bare(lines[i])
		p := piece{lines: lines[i : i+1], at: at, line: i + 1, place: s.place, rawStart: s.rawStart}
		if p.command = looksLikeCommand(line) && s.place == inCode && !s.isOperand(line); p.command {
			p.lines = lines[i : i+joined(lines[i:])]
		} else {
			s.line(line, at)
		}
		do(p)
		for _, line := range p.lines {
			at += len(line)
		}
		i += len(p.lines)
	}
	return s
}

// bare is a line without its end.
func bare(line string) string { return strings.TrimRight(line, "\r\n") }

// joined is how many lines a command takes: one that ends in \ goes on.
func joined(lines []string) int {
	n := 1
	for n < len(lines) && strings.HasSuffix(bare(lines[n-1]), `\`) {
		n++
	}
	return n
}
