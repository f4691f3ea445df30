package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Code is which code a run ran.
type Code struct {
	Commit  string   `json:"commit,omitempty"` // git commit; empty outside a repository or without git
	Branch  string   `json:"branch,omitempty"`
	Dirty   bool     `json:"dirty,omitempty"`   // there were uncommitted changes
	Diff    string   `json:"diff,omitempty"`    // sha256 of them; the run's source artifact "uncommitted.diff" holds them
	Program string   `json:"program,omitempty"` // sha256 of the main file where git does not know it, as of a notebook cell
	Main    string   `json:"main,omitempty"`    // module of the program
	Project string   `json:"project,omitempty"` // module of the go.mod at or above the working directory
	Sums    string   `json:"sums,omitempty"`    // sha256 of that module's go.mod and go.sum
	Modules []Module `json:"modules,omitempty"`
	Why     string   `json:"why,omitempty"` // why there is no commit
}

// A Module is a module linked into the program.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Replace string `json:"replace,omitempty"`
}

// source is a file that a run keeps beside the commit.
type source struct {
	name string
	data []byte
}

// maxDiff bounds the uncommitted changes a run keeps; larger ones are named by their digest only.
const maxDiff = 16 << 20

// gatherCode finds out which code runs, and what of it git does not hold.
func gatherCode() (Code, []source) {
	var c Code
	var keep []source
	if info, ok := debug.ReadBuildInfo(); ok {
		c.Main = info.Main.Path
		for _, m := range info.Deps {
			mod := Module{Path: m.Path, Version: m.Version}
			if m.Replace != nil {
				mod.Replace = strings.TrimSpace(m.Replace.Path + " " + m.Replace.Version)
			}
			c.Modules = append(c.Modules, mod)
		}
	}
	dir := projectDir()
	if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
		for line := range strings.Lines(string(mod)) {
			if path, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
				c.Project = strings.Trim(strings.TrimSpace(path), `"`)
				break
			}
		}
		sums, _ := os.ReadFile(filepath.Join(dir, "go.sum"))
		c.Sums = digest(append(mod, sums...))
	}
	diff := c.askGit(dir)
	if c.Dirty {
		c.Diff = digest(diff)
		if len(diff) <= maxDiff {
			keep = append(keep, source{"uncommitted.diff", diff})
		}
	}
	if file := mainFile(); file != "" && !within(file, dir) {
		if data, err := os.ReadFile(file); err == nil && len(data) <= maxDiff {
			c.Program = digest(data)
			keep = append(keep, source{"program.go", data})
		}
	}
	return c, keep
}

// askGit fills in commit and branch and returns the difference to the commit, new files that git does not ignore included.
func (c *Code) askGit(dir string) []byte {
	git := func(env []string, args ...string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
		cmd.Env = append(os.Environ(), append(env, "GIT_OPTIONAL_LOCKS=0")...)
		var out capped
		cmd.Stdout = &out
		err := cmd.Run()
		return out.Bytes(), err
	}
	if _, err := exec.LookPath("git"); err != nil {
		c.Why = "git is not installed"
		return nil
	}
	out, err := git(nil, "rev-parse", "HEAD", "--abbrev-ref", "HEAD", "--show-toplevel", "--git-path", "index")
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != 4 {
		c.Why = "no git commit at " + dir
		return nil
	}
	c.Commit, c.Branch = lines[0], lines[1]
	top, index := lines[2], lines[3]
	if !filepath.IsAbs(index) {
		index = filepath.Join(dir, index)
	}
	// A copy of the index takes the new files as "intent to add", so that one diff shows all; git's own index stays as it is.
	tmp, err := os.MkdirTemp("", "journal-git-")
	if err != nil {
		c.Why = err.Error()
		return nil
	}
	defer os.RemoveAll(tmp)
	if data, err := os.ReadFile(index); err == nil {
		os.WriteFile(filepath.Join(tmp, "index"), data, 0o600)
	}
	env := []string{"GIT_INDEX_FILE=" + filepath.Join(tmp, "index")}
	if _, err := git(env, "-C", top, "add", "--intent-to-add", "--", "."); err != nil {
		c.Why = "git add --intent-to-add: " + err.Error()
	}
	diff, err := git(env, "-C", top, "diff", "--no-ext-diff", "--no-color", "--binary", "HEAD")
	if err != nil {
		c.Why = "git diff: " + err.Error()
	}
	c.Dirty = len(diff) > 0
	return diff
}

// capped is a buffer that refuses more than a little over maxDiff bytes.
type capped struct{ bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if c.Len() > maxDiff {
		return 0, fmt.Errorf("more than %d MiB", maxDiff>>20)
	}
	return c.Buffer.Write(p)
}

// mainFile is the source file of func main, where it can be found.
func mainFile() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	for {
		f, more := frames.Next()
		if f.Function == "main.main" {
			return f.File
		}
		if !more {
			return ""
		}
	}
}

// within tells whether a file lies in a folder.
func within(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Same tells whether two runs ran the same code, and if not, what differs first.
func (c Code) Same(other Code) (bool, string) {
	switch {
	case c.Commit == "" && c.Program == "":
		return false, "the first run's code is not known: " + c.Why
	case c.Commit != other.Commit:
		return false, "commit " + short(c.Commit) + ", now " + short(other.Commit)
	case c.Diff != other.Diff:
		return false, "uncommitted changes " + short(c.Diff) + ", now " + short(other.Diff)
	case c.Program != other.Program && c.Program != "" && other.Program != "":
		return false, "the program's main file"
	}
	versions := map[string]Module{}
	for _, m := range c.Modules {
		versions[m.Path] = m
	}
	for _, m := range other.Modules {
		if old, ok := versions[m.Path]; ok && old.Version != m.Version {
			return false, "module " + m.Path + " " + old.Version + ", now " + m.Version
		}
	}
	return true, ""
}

func short(digest string) string {
	if digest == "" {
		return "none"
	}
	return digest[:min(12, len(digest))]
}
