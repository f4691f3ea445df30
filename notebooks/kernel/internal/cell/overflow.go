package cell

import (
	"bytes"
	"fmt"
	"regexp"
)

// tooDeep is what Go says first of a function that calls itself without end. It goes on with the first frames of the stack and
// then counts the others, tens of millions of them, which takes it longer than all before.
const tooDeep = "runtime: goroutine stack exceeds "

// enough is how many frames are waited for: what calls itself is among them.
const enough = 20

var (
	call = regexp.MustCompile(`(?m)^([\w./%-]+\.[^\n]*)\([^\n]*\)\n(\t[^\n]*?)(?: \+0x[^\n]*)?\n`)
	// goroutines is where the stack begins that matters; before it is that of the runtime.
	goroutines = regexp.MustCompile(`\n(goroutine \d+) [^\n]*\n`)
)

// deep tells whether a trace is of a stack that is too deep, and has frames enough.
func deep(trace []byte) bool {
	if !bytes.HasPrefix(trace, []byte(tooDeep)) {
		return false
	}
	at := goroutines.FindIndex(trace)
	return at != nil && bytes.Count(trace[at[1]:], []byte("\n\t")) >= enough
}

// recursion is what a reader wants to know of a stack that is too deep: what calls what, each once.
func recursion(trace []byte) []byte {
	at := goroutines.FindSubmatchIndex(trace)
	out := bytes.NewBufferString("panic: stack overflow: these call each other without end\n\n")
	fmt.Fprintf(out, "%s [running]:\n", trace[at[2]:at[3]])
	seen := map[string]bool{}
	for _, frame := range call.FindAllSubmatch(trace[at[1]:], -1) {
		text := fmt.Sprintf("%s(...)\n%s\n", frame[1], frame[2])
		if !seen[text] {
			seen[text] = true
			out.WriteString(text)
		}
	}
	return out.Bytes()
}
