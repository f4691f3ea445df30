package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCommandReadme builds the program in the journal's README and gives it the commands that stand there, as a reader would; the answers
// must be those that stand there, but for ids, times and sizes.
func TestCommandReadme(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the program cannot be built: there is no go command")
	}
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "main.go")
	if err := os.WriteFile(program, []byte(block(t, string(text), "```go\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "journal"), program).CombinedOutput(); err != nil {
		t.Fatalf("the program does not build: %v\n%s", err, out)
	}
	var session string // all of them, one after the other
	for rest := string(text); strings.Contains(rest, console); _, rest, _ = strings.Cut(rest, console) {
		session += block(t, rest, console)
	}
	var now strings.Builder
	for line := range strings.Lines(session) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		if !isCommand {
			continue
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "FLOWBOOK_HOME="+filepath.Join(dir, "home"), "FLOWBOOK_JOURNAL=")
		out, _ := cmd.CombinedOutput() // some fail, as they should
		fmt.Fprintf(&now, "%s%s", line, out)
	}
	if got, want := timeless(now.String()), timeless(session); got != want {
		t.Errorf("the README says\n%s\nbut it goes\n%s", session, now.String())
	}
}

const console = "```console\n"

// block is what stands between a fence and the next.
func block(t *testing.T, text, fence string) string {
	_, rest, ok := strings.Cut(text, fence)
	inside, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatalf("the README has no block %q", fence)
	}
	return inside
}

var timeless = func() func(string) string {
	ids := regexp.MustCompile(`\b[0-9a-hjkmnp-tv-z]{10}\b`)
	times := regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d|\b\d+(\.\d+)? (m?s|MB)\b`)
	spaces := regexp.MustCompile(` +`)
	return func(text string) string {
		return spaces.ReplaceAllString(times.ReplaceAllString(ids.ReplaceAllString(text, "ID"), "TIME"), " ")
	}
}()
