package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
)

// program is a journal command of one experiment, whose factor is code.
const program = `package main

import (
	"context"

	"flowbook/journal"
	"flowbook/journal/command"
)

type config struct {
	Steps int ` + "`json:\"steps\"`" + `
}

func main() {
	journal.Register("factors", journal.Typed("multiplies", config{Steps: 3}, func(ctx context.Context, run *journal.Run, c config) error {
		for step := range c.Steps {
			if err := run.Log(step, journal.Metrics{"x": factor * float64(step)}); err != nil {
				return err
			}
		}
		return nil
	}))
	command.Main(command.Program{})
}
`

// A project is a git project with a journal command of its own.
type project struct {
	t   *testing.T
	dir string
}

func newProject(t *testing.T) project {
	for _, tool := range []string{"git", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(t.TempDir(), "gitconfig"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GOFLAGS", "-ldflags=-w") // links sooner
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p := project{t, t.TempDir()}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("go.mod", strings.Replace(string(mod), "module flowbook\n", "module example.org/mine\n", 1)+"\nrequire flowbook v0.0.0\nreplace flowbook => "+root+"\n")
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("go.sum", string(sum))
	p.write("cmd/mine/main.go", program)
	p.run("git", "init", "-q", "-b", "trunk")
	return p
}

func (p project) write(name, text string) {
	p.t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// factor writes the number that is code.
func (p project) factor(text string) {
	p.write("cmd/mine/factor.go", "package main\n\nvar factor = "+text+"\n")
}

func (p project) run(name string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = p.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func (p project) commit() {
	p.run("git", "add", "-A")
	p.run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "x")
}

// record builds the program and runs its experiment.
func (p project) record() string {
	bin := filepath.Join(p.t.TempDir(), "mine")
	p.run("go", "build", "-buildvcs=false", "-o", bin, "./cmd/mine")
	p.run(bin, "run", "factors")
	return bin
}

// TestReplayAtCommit replays a run with the code that ran it, committed and not, after the code has changed.
func TestReplayAtCommit(t *testing.T) {
	s := newShell(t)
	p := newProject(t)
	p.factor("2.0")
	p.commit()
	p.factor("3.0")                                                          // not committed
	p.write("cmd/mine/new.go", "package main\n\nfunc init() { factor++ }\n") // nor known to git
	p.record()
	run := decoded[[]journal.Record](s, "ls")[0]
	p.run("git", "rm", "-q", "--cached", "go.sum") // the index is the user's
	p.factor("nonsense")
	before := p.run("git", "status", "--porcelain=v2") + p.run("git", "worktree", "list")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Chdir(p.dir)
	s.has(s.ok("replay", "--at-commit", run.ID), "identical: 3 values and 0 files are the same, bit for bit",
		"whether the code is the same is not known: the binary is another build") // it was not stamped with what it was built of
	again := decoded[[]journal.Record](s, "ls")[0]
	if again.ReplayOf != run.ID || again.Code.Commit != run.Code.Commit || again.Code.Diff != run.Code.Diff || again.Metrics["x"].Last != 8 {
		t.Errorf("replay of %s at %s %s, x %v; the run's code is %s %s", again.ReplayOf, again.Code.Commit, again.Code.Diff, again.Metrics["x"].Last, run.Code.Commit, run.Code.Diff)
	}
	if _, _, errOut := s.call("replay", "--at-commit", run.ID, "--program", "./cmd/none"); !strings.Contains(errOut, "./cmd/none does not build there") {
		t.Errorf("a program that is not there: %s", errOut)
	}
	if _, _, errOut := s.call("replay", "--at-commit", run.ID, "--program", "fmt"); !strings.Contains(errOut, "no journal command") {
		t.Errorf("a program that is no journal command: %s", errOut)
	}
	if after := p.run("git", "status", "--porcelain=v2") + p.run("git", "worktree", "list"); after != before {
		t.Errorf("the checkout was\n%s\nand is\n%s", before, after)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s is left behind", left[0].Name())
	}
	if _, err := os.Stat(filepath.Join(p.dir, ".git", "worktrees")); err == nil {
		t.Error(".git/worktrees is left behind")
	}
}

// TestReplayRebuilt replays at its commit what a stamped binary recorded: the code is the same by its record.
func TestReplayRebuilt(t *testing.T) {
	s := newShell(t)
	p := newProject(t)
	p.factor("2.0")
	p.commit()
	bin := filepath.Join(t.TempDir(), "mine")
	p.run("go", "build", "-buildvcs=true", "-o", bin, "./cmd/mine")
	p.run(bin, "run", "factors")
	t.Chdir(p.dir)
	s.has(s.ok("replay", "--at-commit", "last"), "identical: 3 values", "the code is the same by its record: the binary is another build")
}

// TestReplayAtCommitRefuses asks for what cannot be: each error says why, and nothing is left behind.
func TestReplayAtCommitRefuses(t *testing.T) {
	s := newShell(t)
	p := newProject(t)
	p.factor("2.0")
	p.commit()
	commit := strings.TrimSpace(p.run("git", "rev-parse", "HEAD"))
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Chdir(p.dir)
	const mine = `"binary":{"path":"example.org/mine/cmd/mine"}`
	p.write("cmd/mine/tab.go", "package main\n\nfunc f() {\n\tprintln()\n}\n")
	p.commit()
	later := strings.TrimSpace(p.run("git", "rev-parse", "HEAD"))
	for i, c := range []struct{ code, want string }{
		{`{"commit":"` + later + `"}`, "--program PACKAGE"},
		{`{}`, "no commit"},
		{`{"commit":"` + commit + `"}`, "--program PACKAGE"},
		{`{"commit":"` + strings.Repeat("12", 20) + `",` + mine + `}`, "is not in the repository at"},
		{`{"commit":"` + commit + `","diff":"abcd",` + mine + `}`, "not kept, only their digest"},
		{`{"commit":"` + commit + `","left_out":[{"path":".env","why":"by its name it may hold secrets"}],` + mine + `}`, "the first .env, because by its name it may hold secrets; --partial"},
		{`{"commit":"` + commit + `","program":"abcd",` + mine + `}`, "outside of the repository"},
		{`{"commit":"` + commit + `","submodules":[{"path":"sub"}],` + mine + `}`, "submodule sub"},
		{`{"commit":"` + commit + `","project":"example.org/other",` + mine + `}`, "no go.mod of module example.org/other"},
	} {
		id := "refse0000" + string(rune('0'+i))
		line := `{"type":"run","record":{"id":"` + id + `","experiment":"factors","status":"finished","started":"2026-11-24T12:00:00Z","code":` + c.code + `}}` + "\n"
		file := filepath.Join(s.dir, id+".jsonl")
		if err := os.WriteFile(file, []byte(line), 0o644); err != nil {
			t.Fatal(err)
		}
		s.ok("import", file)
		code, out, errOut := s.call("replay", "--at-commit", id)
		if code != Failed || out != "" || !strings.Contains(errOut, c.want) || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q, %q", c.code, code, out, errOut)
		}
	}
	if out := s.ok("compare", "refse00002", "refse00004", "--code"); strings.Contains(out, "diff --git") {
		t.Errorf("a diff of what is not known:\n%s", out)
	} else {
		s.has(out, "not known: run refse00004: its uncommitted changes were not kept")
	}
	s.has(s.ok("compare", "refse00002", "refse00003", "--code"), "not known: commit 121212121212 is not in the repository at")
	s.has(s.ok("compare", "refse00002", "refse00000", "--code"), "the code differs: commit "+commit[:12], "+++ b/cmd/mine/tab.go", "\n+\tprintln()\n")
	if code, _, errOut := s.call("compare", "refse00001", "--code"); code != Usage {
		t.Errorf("compare --code of one run: %d %s", code, errOut)
	}
	if code, _, errOut := s.call("replay", "last", "--partial"); code != Usage {
		t.Errorf("--partial alone: %d %s", code, errOut)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s is left behind", left[0].Name())
	}
}
