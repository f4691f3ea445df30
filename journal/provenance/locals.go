package provenance

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// addLocals looks at the modules that the program is built of from folders of this machine: those of replace lines, and of go.work.
// known are the working copies that are recorded already.
func (c *Code) addLocals(ctx context.Context, q Request, known []string) []File {
	var files []File
	seen := map[string]bool{}
	for module, dir := range c.localDirs(q.Project) {
		dir = real(dir)
		if seen[dir] || !Exists(dir) || slices.ContainsFunc(known, func(top string) bool { return top != "" && Within(dir, top) && !insideRepository(dir, top) }) {
			continue
		}
		seen[dir] = true
		files = append(files, c.local(module, look(ctx, dir, q.State), module)...)
		if last := &c.Locals[len(c.Locals)-1]; last.Commit == "" {
			data, left := source(ctx, dir, q.State)
			last.Source, last.LeftOut, last.More = digest(data), left.LeftOut, left.More
			files = append(files, File{fileName("module."+module) + ".txtar", data})
		}
	}
	sort.Slice(c.Locals, func(i, k int) bool { return c.Locals[i].Module < c.Locals[k].Module })
	sort.Slice(files, func(i, k int) bool { return files[i].Name < files[k].Name })
	return files
}

// local records a module's checkout.
func (c *Code) local(module string, at seen, name string) []File {
	c.Locals = append(c.Locals, Local{Module: module, Checkout: at.Checkout, Why: at.why})
	return at.files("uncommitted." + fileName(name))
}

// insideRepository tells whether a folder below the top of a working copy lies in another one, as a submodule or a nested repository:
// submodules are looked at by themselves, other repositories are unknown to the outer one.
func insideRepository(dir, top string) bool {
	for d := real(dir); d != real(top) && d != filepath.Dir(d); d = filepath.Dir(d) {
		if Exists(filepath.Join(d, ".git")) {
			return true
		}
	}
	return false
}

// localDirs are the folders of local modules by module path.
func (c *Code) localDirs(project string) map[string]string {
	dirs := map[string]string{}
	for _, m := range c.Modules {
		if !isFolder(m.Replace) {
			continue
		}
		folder, _, _ := strings.Cut(m.Replace, " ")
		if !filepath.IsAbs(folder) {
			if c.Main != c.Project {
				continue // it is relative to a module that is not here
			}
			folder = filepath.Join(project, folder)
		}
		dirs[m.Path] = folder
	}
	for _, folder := range workspace(project) {
		if mod, err := os.ReadFile(filepath.Join(folder, "go.mod")); err == nil && real(folder) != real(project) {
			if name := modulePath(mod); slices.ContainsFunc(c.Modules, func(m Module) bool { return m.Path == name }) {
				dirs[name] = folder
			}
		}
	}
	return dirs
}

// workspace are the folders that a go.work at or above a folder uses.
func workspace(dir string) []string {
	file := os.Getenv("GOWORK")
	if file == "off" {
		return nil
	}
	for d := dir; file == ""; d = filepath.Dir(d) {
		if Exists(filepath.Join(d, "go.work")) {
			file = filepath.Join(d, "go.work")
		} else if d == filepath.Dir(d) {
			return nil
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var all []string
	inUse := false
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "//")
		f := strings.Fields(line)
		switch {
		case len(f) == 2 && f[0] == "use" && f[1] == "(":
			inUse = true
			continue
		case len(f) == 1 && f[0] == ")":
			inUse = false
			continue
		case len(f) == 2 && f[0] == "use":
			f = f[1:]
		case !inUse || len(f) != 1:
			continue
		}
		folder := strings.Trim(f[0], "\"`")
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(filepath.Dir(file), folder)
		}
		all = append(all, folder)
	}
	return all
}

// modulePath is the path that a go.mod names.
func modulePath(mod []byte) string {
	for line := range strings.Lines(string(mod)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.Trim(strings.TrimSpace(path), `"`)
		}
	}
	return ""
}
