package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const gonbModule = "github.com/janpfeifer/gonb"

var (
	block    = regexp.MustCompile("(?ms)^```(diff|go)\n(.*?)^```")
	itsTests = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// The patches that gonb.md offers fit the GoNB that go.mod names, compile, and do what their tests say.
func TestPatchesForGoNB(t *testing.T) {
	t.Parallel()
	project, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	source, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", gonbModule).Output()
	if err != nil || len(bytes.TrimSpace(source)) == 0 {
		t.Fatalf("GoNB's source: %q, %v", source, err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "gonb"), os.DirFS(strings.TrimSpace(string(source)))); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("gonb.md")
	if err != nil {
		t.Fatal(err)
	}
	packages, tests := map[string]bool{}, []string{}
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		if b[1] == "diff" {
			patch(t, filepath.Join(folder, "gonb"), b[2], packages)
			continue
		}
		for _, found := range itsTests.FindAllStringSubmatch(b[2], -1) {
			tests = append(tests, found[1])
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(b[2], "// "), "\n")
		if err := os.WriteFile(filepath.Join(folder, "gonb", name), []byte(b[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	module, err := os.ReadFile(filepath.Join(project, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(project, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	module = fmt.Appendf(module, "\nreplace %s => %q\n", gonbModule, filepath.Join(folder, "gonb"))
	for name, content := range map[string][]byte{"go.mod": module, "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	arguments := []string{"test", "-v", "-modfile=" + filepath.Join(folder, "go.mod"), "-run", "^(" + strings.Join(tests, "|") + ")$"}
	for name := range packages {
		arguments = append(arguments, gonbModule+"/"+name)
	}
	cmd := exec.Command("go", arguments...)
	cmd.Dir = project
	out, err := cmd.CombinedOutput()
	if err != nil || len(tests) == 0 || strings.Count(string(out), "--- PASS") != len(tests) {
		t.Errorf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

// patch makes the changes of a patch, whose hunks have no line numbers: what a hunk changes must stand in the file once. It
// notes the packages that it changes.
func patch(t *testing.T, folder, diff string, packages map[string]bool) {
	t.Helper()
	for _, file := range strings.Split("\n"+diff, "\n--- a/")[1:] {
		head, hunks, _ := strings.Cut(file, "\n@@\n")
		name, _, _ := strings.Cut(head, "\n")
		packages[filepath.Dir(name)] = true
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, hunk := range strings.Split(hunks, "\n@@\n") {
			var old, changed strings.Builder
			for _, line := range strings.Split(strings.TrimSuffix(hunk, "\n"), "\n") {
				if line[0] != '+' {
					old.WriteString(line[1:] + "\n")
				}
				if line[0] != '-' {
					changed.WriteString(line[1:] + "\n")
				}
			}
			if n := strings.Count(string(text), old.String()); n != 1 {
				t.Fatalf("in %s these lines stand %d times:\n%s", name, n, old.String())
			}
			text = []byte(strings.Replace(string(text), old.String(), changed.String(), 1))
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
