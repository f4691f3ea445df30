package provenance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"
)

// Code is which code a run ran.
type Code struct {
	Checkout           // of the project
	Library  *Checkout `json:"library,omitempty"` // of the journal's own source, where that is another one than the project's
	Locals   []Local   `json:"locals,omitempty"`  // modules in folders beside the project
	Binary   *Binary   `json:"binary,omitempty"`  // the running program; nil in records of older versions
	Program  string    `json:"program,omitempty"` // sha256 of the program's source where git does not hold it; the artifact "program.txtar" has it
	Main     string    `json:"main,omitempty"`    // module of the program
	Project  string    `json:"project,omitempty"` // module of the go.mod at or above the working directory
	Sums     string    `json:"sums,omitempty"`    // sha256 of that module's go.mod and go.sum
	Modules  []Module  `json:"modules,omitempty"`
	Why      string    `json:"why,omitempty"` // why there is no commit, or its changes are not known whole
}

// A Checkout is a working copy of a git repository.
type Checkout struct {
	Commit     string      `json:"commit,omitempty"` // empty outside a repository or without git
	Branch     string      `json:"branch,omitempty"` // empty where the commit is checked out by itself
	Dirty      bool        `json:"dirty,omitempty"`  // there were uncommitted changes
	Diff       string      `json:"diff,omitempty"`   // sha256 of them; the run's source artifact "uncommitted.diff" holds them
	LeftOut    []LeftOut   `json:"left_out,omitempty"`
	More       int         `json:"left_out_more,omitempty"` // files left out beyond those named
	Submodules []Submodule `json:"submodules,omitempty"`    // those that are not as the commit has them
}

// LeftOut is a file whose change is not kept, or not whole.
type LeftOut struct {
	Path string `json:"path"`
	Size int64  `json:"size,omitempty"` // bytes
	Why  string `json:"why"`
}

// A Submodule is a repository in a repository.
type Submodule struct {
	Path string `json:"path"`
	Checkout
	Why string `json:"why,omitempty"`
}

// A Local is a module in a folder of this machine, as replace ../dep and go.work name it.
type Local struct {
	Module string `json:"module"`
	Checkout
	Source string `json:"source,omitempty"` // sha256 of its source, where git does not hold it
	Why    string `json:"why,omitempty"`
}

// A Module is a module linked into the program.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Replace string `json:"replace,omitempty"`
}

func (c *Code) readBuildInfo() {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	c.Main = info.Main.Path
	for _, m := range info.Deps {
		mod := Module{Path: m.Path, Version: m.Version}
		if m.Replace != nil {
			mod.Replace = strings.TrimSpace(m.Replace.Path + " " + m.Replace.Version)
		}
		c.Modules = append(c.Modules, mod)
	}
}

// readModule reads the go.mod of the project.
func (c *Code) readModule(dir string) {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return
	}
	c.Project = modulePath(mod)
	sums, _ := os.ReadFile(filepath.Join(dir, "go.sum"))
	c.Sums = digest(append(mod, sums...))
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Likeness says whether two runs ran the same code.
type Likeness string

// The answers of [Code.Compare].
const (
	Same      Likeness = "same"
	Rebuilt   Likeness = "rebuilt" // the binaries are two builds of the same commit, without changes
	Different Likeness = "different"
	NotKnown  Likeness = "not known"
)

// Compare tells whether two runs ran the same code. What decides is the running programs themselves: equal binaries are the same
// code, whatever lies in their folders; where they differ, or one is not known, the text says what else differs first, and the code
// is never called the same. A build of the same commit in another folder is another binary, since it holds the folder's
// name: where both say that they are built of it without changes, and nothing recorded differs, the code is called rebuilt; where they do
// not say of what they are built, it is not known.
func (c Code) Compare(other Code) (Likeness, string) {
	same, known := c.Binary.same(other.Binary)
	if same {
		return Same, ""
	}
	if why := c.difference(other); why != "" {
		return Different, why
	}
	switch {
	case c.Commit == "" && c.Program == "":
		return NotKnown, "the binaries are not the same, and of the first run nothing else is known: " + c.Why
	case !known:
		return NotKnown, "commit and changes are the same, but which binary ran is not known: " + c.Binary.why(other.Binary)
	case c.Binary.Path != other.Binary.Path:
		return NotKnown, fmt.Sprintf("another program ran, %s, now %s; the commit, the changes and the modules are the same", c.Binary.Path, other.Binary.Path)
	}
	if how := c.Binary.settingDiff(other.Binary); how != "" {
		return Different, "the binary is built with " + how + "; the commit and the changes are the same"
	}
	how := fmt.Sprintf("the binary is another build, sha256 %s, now %s", short(c.Binary.Digest), short(other.Binary.Digest))
	if c.Binary.Revision == "" || c.Binary.Modified || other.Binary.Revision == "" || other.Binary.Modified {
		return NotKnown, how + "; the commit, the changes and the modules found are the same"
	}
	return Rebuilt, how + ", of the same commit " + short(c.Binary.Revision) + c.Binary.unknownSettings(other.Binary)
}

// difference names what is not the same of all that a binary is built from, as far as that is recorded.
func (c Code) difference(other Code) string {
	if built(c.Binary) != "" && built(other.Binary) != "" && built(c.Binary) != built(other.Binary) {
		return "the binary is built of commit " + built(c.Binary) + ", now " + built(other.Binary)
	}
	switch {
	case c.Commit != other.Commit:
		return "commit " + short(c.Commit) + ", now " + short(other.Commit)
	case c.Diff != other.Diff || !reflect.DeepEqual(c.LeftOut, other.LeftOut) || c.More != other.More:
		return "uncommitted changes " + short(c.Diff) + ", now " + short(other.Diff)
	case !reflect.DeepEqual(c.Submodules, other.Submodules):
		return "a submodule"
	case c.Library != nil && other.Library != nil && !reflect.DeepEqual(c.Library, other.Library):
		return "flowbook's checkout " + short(c.Library.Commit) + ", now " + short(other.Library.Commit) + ", or its uncommitted changes"
	case c.Program != other.Program && c.Program != "" && other.Program != "":
		return "the program's source"
	}
	if name := localDiff(c.Locals, other.Locals); name != "" {
		return "the local module " + name
	}
	versions := map[string]Module{}
	for _, m := range c.Modules {
		versions[m.Path] = m
	}
	for _, m := range other.Modules {
		if old, ok := versions[m.Path]; ok && old.Version != m.Version {
			return "module " + m.Path + " " + old.Version + ", now " + m.Version
		}
	}
	return ""
}

func localDiff(a, b []Local) string {
	was := map[string]Local{}
	for _, l := range a {
		was[l.Module] = l
	}
	for _, l := range b {
		if old, ok := was[l.Module]; ok && !reflect.DeepEqual(old, l) {
			return l.Module
		}
	}
	return ""
}

func short(digest string) string {
	if digest == "" {
		return "none"
	}
	return digest[:min(12, len(digest))]
}
