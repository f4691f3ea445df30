package kerneltest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The lines of README that make the library part of a module of the reader's own do so, with what is in the module cache.
func TestFromYourOwnModule(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(project, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`(?s)### From your own module\n(.*?)\n#`).FindSubmatch(readme)
	if section == nil {
		t.Fatal("README has no section `From your own module`")
	}
	var lines []string
	for _, line := range strings.Split(string(section[1]), "\n") {
		if command, ok := strings.CutPrefix(line, "    "); ok {
			lines = append(lines, command)
		}
	}
	root, err := filepath.Abs(project)
	if err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(t.TempDir(), "a module of mine")
	if err := os.Mkdir(mine, 0o755); err != nil {
		t.Fatal(err)
	}
	program := "package main\n\nimport (\n\t\"fmt\"\n\n\t\"flowbook/realnvp/preset\"\n)\n\nfunc main() { fmt.Println(len(preset.Toy2D())) }\n"
	if err := os.WriteFile(filepath.Join(mine, "main.go"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	script := strings.ReplaceAll(strings.Join(lines, "\n"), "../flowbook", "'"+root+"'") + "\ngo run ."
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", script)
	cmd.Dir = mine
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOSUMDB=off", "GOFLAGS=", "GOWORK=off")
	if out, err := output(cmd); err != nil || !strings.HasSuffix(out, "32\n") {
		t.Errorf("%v\n%s\ngives\n%s", err, script, out)
	}
}
