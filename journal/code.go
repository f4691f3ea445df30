package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// Code is which code a run ran.
type Code struct {
	Checkout           // of the project, or of flowbook when the program runs outside of any
	Library  *Checkout `json:"library,omitempty"` // of flowbook, where that is another one than the project's
	Program  string    `json:"program,omitempty"` // sha256 of the main file where git does not know it, as of a notebook cell
	Main     string    `json:"main,omitempty"`    // module of the program
	Project  string    `json:"project,omitempty"` // module of the go.mod at or above the working directory
	Sums     string    `json:"sums,omitempty"`    // sha256 of that module's go.mod and go.sum
	Modules  []Module  `json:"modules,omitempty"`
	Why      string    `json:"why,omitempty"` // why there is no commit
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
	project, library := askGit(dir), askGit(libraryDir())
	if project.Commit == "" && library.Commit != "" { // a notebook anywhere: then flowbook's checkout is what there is to know
		project = library
	} else if library.Commit != "" && library.top != project.top {
		c.Library = &library.Checkout
		keep = append(keep, library.uncommitted("uncommitted-library.diff")...)
	}
	c.Checkout, c.Why = project.Checkout, project.why
	keep = append(keep, project.uncommitted("uncommitted.diff")...)
	if file := mainFile(); file != "" && !within(file, dir) {
		if data, err := os.ReadFile(file); err == nil && len(data) <= maxDiff {
			c.Program = digest(data)
			keep = append(keep, source{"program.go", data})
		}
	}
	return c, keep
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
	case c.Library != nil && other.Library != nil && *c.Library != *other.Library:
		return false, "flowbook's checkout " + short(c.Library.Commit) + ", now " + short(other.Library.Commit) + ", or its uncommitted changes"
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
