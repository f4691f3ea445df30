package provenance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
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
	Unseen     []Unseen    `json:"unseen,omitempty"`        // what git does not report as a change
}

// same tells whether two checkouts are of the same commit and changes, on whatever branch.
func (c Checkout) same(other Checkout) bool {
	c.Branch, other.Branch = "", ""
	return reflect.DeepEqual(c, other)
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
	Absent bool   `json:"absent,omitempty"` // it is not checked out, which is no change
	Why    string `json:"why,omitempty"`
}

func (s Submodule) equal(other Submodule) bool {
	return s.Path == other.Path && s.Absent == other.Absent && s.Why == other.Why && s.same(other.Checkout)
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
// name: where both say that they are built of it without changes, and nothing recorded differs, the code is called rebuilt. Where the
// folder does not explain that they differ, or something is not recorded of what a build takes, it is not known.
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
	if c.Binary.Revision == "" || c.Binary.Modified || other.Binary.Revision == "" || other.Binary.Modified || c.Dirty || other.Dirty {
		return NotKnown, how + "; the commit, the changes and the modules found are the same"
	}
	if why := c.unexplained(other); why != "" {
		return NotKnown, how + ", of the same commit " + short(c.Binary.Revision) + ", but " + why
	}
	return Rebuilt, how + ", of the same commit " + short(c.Binary.Revision) + c.Binary.unknownSettings(other.Binary)
}

// unexplained says why two builds of one commit without changes may be of different code all the same; "" where nothing says so. What a
// build takes besides, and git does not see, is the same as far as it is recorded.
func (c Code) unexplained(other Code) string {
	a, b := c.Binary, other.Binary
	switch {
	case a.Settings["-trimpath"] == "true":
		return "with -trimpath the same code would be the same binary"
	case a.Folder != "" && a.Folder == b.Folder:
		return "built in the same folder the same code would be the same binary"
	case a.Folder == "" && b.Folder != "" || b.Folder == "" && a.Folder != "":
		return "in which folder one was built is not known"
	}
	for _, x := range []Code{c, other} {
		if why := x.unknown(); why != "" {
			return why
		}
	}
	if name := c.oneSided(other); name != "" {
		return "the local module " + name + " is recorded of one alone"
	}
	return ""
}

// unknown says what of the code is recorded without what it holds, so that another one would look the same.
func (c Code) unknown() string {
	if c.Why != "" {
		return c.Why
	}
	checkouts := []Checkout{c.Checkout}
	if c.Library != nil {
		checkouts = append(checkouts, *c.Library)
	}
	for _, l := range c.Locals {
		if l.Why != "" && l.Source == "" {
			return "of the local module " + l.Module + " it is not known: " + l.Why
		}
		checkouts = append(checkouts, l.Checkout)
	}
	for _, at := range checkouts {
		if i := slices.IndexFunc(at.Unseen, unknown); i >= 0 {
			return "of " + at.Unseen[i].Path + " it is not known: " + at.Unseen[i].Why
		}
		if len(at.LeftOut) > 0 {
			return "of " + at.LeftOut[0].Path + " it is not known: " + at.LeftOut[0].Why
		}
	}
	return ""
}

// oneSided names a local module that only one of the records has.
func (c Code) oneSided(other Code) string {
	has := func(list []Local, module string) bool {
		return slices.ContainsFunc(list, func(l Local) bool { return l.Module == module })
	}
	for _, l := range c.Locals {
		if !has(other.Locals, l.Module) {
			return l.Module
		}
	}
	for _, l := range other.Locals {
		if !has(c.Locals, l.Module) {
			return l.Module
		}
	}
	return ""
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
	case !slices.EqualFunc(c.Submodules, other.Submodules, Submodule.equal):
		return "a submodule"
	case c.Library != nil && other.Library != nil && !c.Library.same(*other.Library):
		return "flowbook's checkout " + short(c.Library.Commit) + ", now " + short(other.Library.Commit) + ", or its uncommitted changes"
	case c.Program != other.Program && c.Program != "" && other.Program != "":
		return "the program's source"
	}
	if u := unseenDiff(c.Unseen, other.Unseen); u.Why != "" {
		return fmt.Sprintf("%s, which git does not report (%s)", u.Path, u.Why)
	}
	if name := localDiff(c.Locals, other.Locals); name != "" {
		return "the local module " + name
	}
	modules := map[string]Module{}
	for _, m := range c.Modules {
		modules[m.Path] = m
	}
	for _, m := range other.Modules {
		old, ok := modules[m.Path]
		switch {
		case !ok:
		case old.Version != m.Version:
			return "module " + m.Path + " " + old.Version + ", now " + m.Version
		case old.Replace != m.Replace && (old.remote() || m.remote()):
			return fmt.Sprintf("module %s is replaced by %q, now %q", m.Path, old.Replace, m.Replace)
		}
	}
	return ""
}

// remote tells whether a module is its own published version, or replaced by a published one.
func (m Module) remote() bool { return m.Replace == "" || !isFolder(m.Replace) }

// isFolder tells whether what replaces a module is a folder.
func isFolder(replace string) bool {
	folder, version, _ := strings.Cut(replace, " ")
	return (version == "" || version == "(devel)") && (filepath.IsAbs(folder) || strings.HasPrefix(folder, "."))
}

func localDiff(a, b []Local) string {
	was := map[string]Local{}
	for _, l := range a {
		was[l.Module] = l
	}
	for _, l := range b {
		if old, ok := was[l.Module]; ok && (old.Source != l.Source || old.Why != l.Why || !old.same(l.Checkout)) {
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
