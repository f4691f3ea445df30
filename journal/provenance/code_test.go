package provenance

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompare says what decides whether two runs ran the same code.
func TestCompare(t *testing.T) {
	bin := func(digest string) *Binary { return &Binary{Digest: digest, Path: "example.org/p"} }
	goOne := map[string]string{"go": "go1"}
	stamped := func(digest string, settings map[string]string) *Binary {
		return &Binary{Digest: digest, Revision: "r", Settings: settings}
	}
	changed := func(digest string, settings map[string]string) *Binary {
		return &Binary{Digest: digest, Revision: "r", Modified: true, Settings: settings}
	}
	at := func(commit, diff string, b *Binary) Code {
		return Code{Checkout: Checkout{Commit: commit, Diff: diff}, Binary: b}
	}
	for _, c := range []struct {
		name string
		a, b Code
		want Likeness
		why  string
	}{
		{"equal", at("c", "", bin("1")), at("c", "", bin("1")), Same, ""},
		{"the old binary beside another commit", at("c", "", bin("1")), at("d", "x", bin("1")), Same, ""},
		{"another build, of what is not said", at("c", "", bin("1")), at("c", "", bin("2")), NotKnown, "the binary is another build, sha256 1, now 2; the commit"},
		{"another build, with changes", at("c", "x", changed("1", nil)), at("c", "x", changed("2", nil)), NotKnown, "another build"},
		{"rebuilt of the same commit", at("c", "", stamped("1", goOne)), at("c", "", stamped("2", goOne)), Rebuilt, "of the same commit r"},
		{"rebuilt by another Go", at("c", "", stamped("1", goOne)), at("c", "", stamped("2", map[string]string{"go": "go2"})), Different, `go "go1", now "go2"`},
		{"rebuilt with tags", at("c", "", stamped("1", goOne)), at("c", "", stamped("2", map[string]string{"go": "go1", "-tags": "x"})), Different, `-tags "", now "x"`},
		{"rebuilt, of an old record", at("c", "", stamped("1", nil)), at("c", "", stamped("2", goOne)), Rebuilt, "is not recorded"},
		{"another commit", at("c", "", bin("1")), at("d", "", bin("2")), Different, "commit c, now d"},
		{"other changes", at("c", "x", bin("1")), at("c", "y", bin("2")), Different, "uncommitted changes x, now y"},
		{"another program", at("c", "", bin("1")), at("c", "", &Binary{Digest: "2", Path: "example.org/q"}), NotKnown, "another program ran"},
		{"an old record", at("c", "", nil), at("c", "", bin("1")), NotKnown, "older version"},
		{"an old record of another commit", at("c", "", nil), at("d", "", bin("1")), Different, "commit"},
		{"an unreadable binary", at("c", "", bin("1")), at("c", "", &Binary{Why: "it is gone"}), NotKnown, "it is gone"},
		{"by the build id", at("c", "", &Binary{BuildID: "i"}), at("c", "", &Binary{BuildID: "i"}), Same, ""},
		{"nothing known", Code{Why: "no git"}, Code{}, NotKnown, "no git"},
		{"stamped", at("c", "", &Binary{Digest: "1", Revision: "r"}), at("c", "", &Binary{Digest: "2", Revision: "r", Modified: true}), Different, "built of commit r, now r with changes"},
		{"a submodule", Code{Checkout: Checkout{Commit: "c", Submodules: []Submodule{{Path: "s"}}}, Binary: bin("1")}, at("c", "", bin("2")), Different, "a submodule"},
		{"a local module", Code{Checkout: Checkout{Commit: "c"}, Locals: []Local{{Module: "m", Source: "1"}}, Binary: bin("1")},
			Code{Checkout: Checkout{Commit: "c"}, Locals: []Local{{Module: "m", Source: "2"}}, Binary: bin("2")}, Different, "the local module m"},
	} {
		got, why := c.a.Compare(c.b)
		if got != c.want || !strings.Contains(why, c.why) {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, got, why, c.want, c.why)
		}
	}
}

// TestRunning reads this test's own binary.
func TestRunning(t *testing.T) {
	b := running(context.Background())
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256(data)); b.Digest != want || b.Why != "" {
		t.Errorf("%+v, want %s", b, want)
	}
	out, err := exec.Command("go", "tool", "buildid", path).Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	if want := strings.TrimSpace(string(out)); b.BuildID != want {
		t.Errorf("build id %q, want %q", b.BuildID, want)
	}
}

// program prints what is found out about it.
const program = `package main

import (
	"context"
	"encoding/json"
	"os"

	"example.org/dep"
	"flowbook/journal/provenance"
)

func main() {
	dep.Use()
	second()
	dir, _ := os.Getwd()
	code, files := provenance.Gather(context.Background(), provenance.Request{Project: dir, Main: provenance.MainFile()})
	json.NewEncoder(os.Stdout).Encode(map[string]any{"code": code, "files": files})
}
`

// TestProgram builds a program of a module outside of git with a second file and a local module, changes each, and wants the change seen
// whether or not it was built in, and its source kept.
func TestProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(filepath.Dir(here))
	dir, dep := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(dir, "go.mod", "module example.org/prog\n\ngo 1.26\n\nrequire (\n\texample.org/dep v0.0.0\n\tflowbook v0.0.0\n)\n\nreplace example.org/dep => "+dep+"\n\nreplace flowbook => "+root+"\n")
	write(dir, "main.go", program)
	write(dir, "second.go", "package main\n\nfunc second() {}\n")
	write(dep, "go.mod", "module example.org/dep\n\ngo 1.26\n")
	write(dep, "dep.go", "package dep\n\nfunc Use() {}\n")
	build := func() {
		t.Helper()
		cmd := exec.Command("go", "build", "-mod=mod", "-o", "prog", ".")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "GONOSUMDB=*", "GOSUMDB=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	type answer struct {
		Code  Code
		Files []File
	}
	run := func() (a answer) {
		t.Helper()
		cmd := exec.Command("./prog")
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	compare := func(a, b answer, want Likeness, why string) {
		t.Helper()
		if got, text := a.Code.Compare(b.Code); got != want || !strings.Contains(text, why) {
			t.Errorf("%s, %q; want %s, %q", got, text, want, why)
		}
	}
	build()
	first := run()
	if first.Code.Commit != "" || first.Code.Why == "" || first.Code.Program == "" {
		t.Errorf("outside of git: %+v", first.Code)
	}
	kept := map[string]string{}
	for _, f := range first.Files {
		kept[f.Name] = string(f.Data)
	}
	if !strings.Contains(kept["program.txtar"], "-- second.go --\npackage main") || !strings.Contains(kept["module.example.org-dep.txtar"], "-- dep.go --\npackage dep") {
		t.Errorf("kept: %q", kept)
	}
	compare(first, run(), Same, "")
	write(dir, "second.go", "package main\n\nfunc second() { println() }\n")
	compare(first, run(), Same, "") // the old binary still runs
	build()
	second := run()
	compare(first, second, Different, "the program's source")
	write(dep, "dep.go", "package dep\n\nfunc Use() { println() }\n")
	build()
	compare(second, run(), Different, "the local module example.org/dep")
}

// TestWorkspace reads the folders of a go.work.
func TestWorkspace(t *testing.T) {
	t.Setenv("GOWORK", "")
	dir := t.TempDir()
	for _, d := range []string{"a", "b/c"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.work"), []byte("go 1.26\n\nuse ./a // first\nuse (\n\t./b/c\n\t\"/abs\"\n)\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := workspace(filepath.Join(dir, "b", "c"))
	if want := []string{filepath.Join(dir, "a"), filepath.Join(dir, "b", "c"), "/abs"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
}
