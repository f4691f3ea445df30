// Package provenance finds out which code a program runs: the running binary itself, the git commit of its project with the changes
// that no commit holds, its submodules and local modules, and the source where there is no git.
//
// Git is asked by plumbing commands that the settings of a user do not change, and nothing is written into a repository. Time and
// memory are bounded: what is too large to keep is named, and counts as a change all the same. What is likely to be a secret is left
// out or masked. Where something cannot be found out, the answer says why.
package provenance

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
)

// Bounds of what is kept of a checkout.
const (
	maxFile   = 1 << 20 // bytes of a file that git does not hold, and of a changed file on either side
	maxNew    = 4 << 20 // bytes of all new files of a checkout
	maxDiff   = 16 << 20
	maxNamed  = 100 // files left out that are named; more are counted
	maxListed = 20000
)

// A Request says what to look at.
type Request struct {
	Project  string   // folder of the project: a go.mod is there, or the program runs there
	Library  string   // folder of the library's own source; "" where it is not there
	Main     string   // source file of func main; "" where it is not known
	State    []string // files and folders that are the journal's own, and no code
	NoSource bool     // keep commits and digests, but no source and no changes
}

// A File is source that a run keeps.
type File struct {
	Name string
	Data []byte
}

// Gather finds out which code runs. It ends soon after ctx does, and says then what is not known.
func Gather(ctx context.Context, q Request) (Code, []File) {
	var c Code
	var binary Binary
	var wait sync.WaitGroup
	wait.Go(func() { binary = running(ctx) })
	c.readBuildInfo()
	c.readModule(q.Project)
	var project, library seen
	wait.Go(func() { project = look(ctx, q.Project, q.State) })
	if q.Library != "" && !Within(q.Library, q.Project) {
		wait.Go(func() { library = look(ctx, q.Library, q.State) })
	}
	wait.Wait()
	var files []File
	c.Checkout, c.Why = project.Checkout, project.why
	files = append(files, project.files("uncommitted")...)
	if library.Commit != "" && library.top != project.top {
		c.Library = &library.Checkout
		files = append(files, library.files("uncommitted-library")...)
	}
	known := []string{project.top, library.top}
	files = append(files, c.addLocals(ctx, q, known)...)
	files = append(files, c.addSource(ctx, q, known)...)
	binary.Folder = c.folder(q)
	c.Binary = &binary
	if q.NoSource {
		files = nil
	}
	return c, files
}

// folder is where the source of the program lies, as far as that is known.
func (c *Code) folder(q Request) string {
	switch {
	case filepath.IsAbs(q.Main):
		return text(filepath.Dir(q.Main))
	case c.Main != "" && c.Main == c.Project && q.Main == "":
		return text(q.Project)
	}
	return ""
}

// addSource keeps the source of the program where git does not hold it: a notebook cell, a module without a repository.
func (c *Code) addSource(ctx context.Context, q Request, known []string) []File {
	dir := ""
	switch {
	case q.Main != "" && filepath.IsAbs(q.Main) && Exists(q.Main):
		dir = moduleOf(filepath.Dir(q.Main))
	case c.Main != "" && c.Main == c.Project:
		dir = q.Project
	}
	if dir == "" || slices.ContainsFunc(known, func(top string) bool { return top != "" && Within(dir, top) }) {
		return nil
	}
	if at := look(ctx, dir, q.State); at.Commit != "" { // the main file lies in a repository of its own
		if c.Commit == "" {
			c.Checkout, c.Why = at.Checkout, at.why
			return at.files("uncommitted")
		}
		return c.local(c.Main, at, "program")
	}
	data, left := source(ctx, dir, q.State)
	c.Program, c.LeftOut, c.More = digest(data), append(c.LeftOut, left.LeftOut...), c.More+left.More
	return []File{{"program.txtar", data}}
}

// MainFile is the source file of func main, where the calling goroutine came from it.
func MainFile() string {
	pcs := make([]uintptr, 128)
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

// moduleOf is the nearest folder at or above dir that holds a go.mod, else dir.
func moduleOf(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if Exists(filepath.Join(d, "go.mod")) {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// Exists tells whether there is a file or folder.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Within tells whether a file or folder lies in a folder, or is it.
func Within(file, dir string) bool {
	rel, err := filepath.Rel(real(dir), real(file))
	return err == nil && filepath.IsLocal(rel)
}

// real is a path without symbolic links, as far as it exists.
func real(path string) string {
	if path == "" {
		return ""
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rest := ""
	for p := abs; ; p = filepath.Dir(p) {
		if r, err := filepath.EvalSymlinks(p); err == nil {
			return filepath.Join(r, rest)
		}
		if p == filepath.Dir(p) {
			return abs
		}
		rest = filepath.Join(filepath.Base(p), rest)
	}
}
