package provenance

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// An Unseen is what git does not report as a change, and what a build may take all the same: it is not kept, but compared.
type Unseen struct {
	Path   string `json:"path"` // of a file; "." for several
	Why    string `json:"why"`
	Digest string `json:"digest,omitempty"` // sha256 of the file, of several with their names, or of the names alone; "" where it is not known
}

// unseen looks at what git does not report: source that it ignores, what links lead to outside of the working copy, files that a
// sparse checkout leaves out, and files that filters make.
func (l *looker) unseen(index parsedIndex, ignored []byte, err error) []Unseen {
	all := l.ignoredSource(ignored, err)
	for _, link := range index.links {
		all = append(all, l.outside(link.path)...)
	}
	all = append(all, l.sparse(index.overlooked)...)
	all = append(all, l.filtered(index.attributes)...)
	for i := range all {
		all[i].Path = text(all[i].Path)
	}
	return all
}

// sparse are the files that a sparse checkout leaves out and that a build would take if they were there: source in a folder that is there,
// and what a Go file embeds. Of a folder that is left out whole, no package is in the program.
func (l *looker) sparse(overlooked []listed) []Unseen {
	var absent, taken []string
	for _, e := range overlooked {
		file := filepath.Join(l.top, filepath.FromSlash(e.path))
		switch {
		case e.tag == 'h' || Exists(file):
		case (isSource(e.path) || path.Base(e.path) == "modules.txt") && Exists(filepath.Dir(file)):
			taken = append(taken, e.path)
		default:
			absent = append(absent, e.path)
		}
	}
	taken = append(taken, l.toEmbed(absent)...)
	if len(taken) == 0 {
		return nil
	}
	return []Unseen{{".", "a sparse checkout leaves out " + files(len(taken)) + " that a build takes", digest([]byte(strings.Join(taken, "\x00")))}}
}

// fewer puts those that are too many to be named together.
func fewer(all []Unseen) []Unseen {
	if len(all) <= maxNamed {
		return all
	}
	rest := all[maxNamed:]
	more := Unseen{".", fmt.Sprintf("%d more", len(rest)), ""}
	if !slices.ContainsFunc(rest, unknown) {
		more.Digest = digest(fmt.Append(nil, rest))
	}
	return append(all[:maxNamed:maxNamed], more)
}

func unknown(u Unseen) bool { return u.Digest == "" }

// unseenDiff is the first that is not in both.
func unseenDiff(a, b []Unseen) Unseen {
	for _, pair := range [][2][]Unseen{{a, b}, {b, a}} {
		for _, u := range pair[0] {
			if !slices.Contains(pair[1], u) {
				return u
			}
		}
	}
	return Unseen{}
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// ignoredSource are the files that git ignores in which there may be source of a Go program, as what a tool generates. list is what git
// ignores, whole folders with a slash at their end.
func (l *looker) ignoredSource(list []byte, err error) (all []Unseen) {
	const why = "git ignores it"
	if err != nil {
		return []Unseen{{".", "what git ignores is not known: " + err.Error(), ""}}
	}
	walked := 0
	var names []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		dir, isDir := strings.CutSuffix(name, "/")
		if name == "" || own(l.state, dir) {
			continue
		}
		names = append(names, dir)
		switch {
		case isDir:
			all = append(all, l.sourceBelow(dir, filepath.Join(l.top, filepath.FromSlash(dir)), why, &walked)...)
		case isSource(name) && (path.Ext(name) == ".go" || hasGo(filepath.Dir(filepath.Join(l.top, filepath.FromSlash(name))))):
			all = append(all, l.summed(name, filepath.Join(l.top, filepath.FromSlash(name)), why))
		}
	}
	all = append(all, l.embedded(names)...)
	sort.Slice(all, func(i, k int) bool { return all[i].Path < all[k].Path }) // as slices.SortFunc would be one more sort in every program
	// git lists a file in a folder that it lists, too, where every file of it is ignored by its own name
	return slices.Compact(all)
}

// outside is what a link leads to outside of the working copy.
func (l *looker) outside(name string) []Unseen {
	const why = "a link leads to it, out of the working copy"
	file := filepath.Join(l.top, filepath.FromSlash(name))
	info, err := os.Stat(file)
	if err != nil || Within(file, l.top) {
		return nil
	}
	walked := 0
	switch {
	case info.IsDir():
		return l.sourceBelow(name, real(file), why, &walked)
	case isSource(name):
		return []Unseen{l.summed(name, file, why)}
	}
	return nil
}

func isSource(name string) bool { return slices.Contains(sourceExt, path.Ext(name)) }

// goFiles are the names of the Go files of a folder.
func goFiles(dir string) (names []string) {
	all, _ := os.ReadDir(dir) // what cannot be read is not built
	for _, f := range all {
		if path.Ext(f.Name()) == ".go" {
			names = append(names, f.Name())
		}
	}
	return names
}

func hasGo(dir string) bool { return len(goFiles(dir)) > 0 }

// sourceBelow are the source files below a folder, of which name is the path in the working copy; those beside no Go file are none.
func (l *looker) sourceBelow(name, dir, why string, walked *int) (all []Unseen) {
	tooMany := false
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if *walked++; *walked > maxListed || l.ctx.Err() != nil {
			tooMany = true
			return fs.SkipAll
		}
		rel, relErr := filepath.Rel(dir, p)
		if err != nil || relErr != nil {
			return nil // what cannot be read is not built
		}
		rel = path.Join(name, filepath.ToSlash(rel))
		switch base := d.Name(); {
		case own(l.state, rel):
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && (base[0] == '.' || base[0] == '_' || base == "testdata" || base == "node_modules"):
			return fs.SkipDir
		case !d.IsDir() && isSource(base) && hasGo(filepath.Dir(p)):
			all = append(all, l.summed(rel, p, why))
		}
		return nil
	})
	if err != nil || tooMany {
		all = append(all, Unseen{name, why + ", and has too many files to look at", ""})
	}
	return all
}

// summed is a file with its digest.
func (l *looker) summed(name, file, why string) Unseen {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return Unseen{name, why + ", and it cannot be read", ""}
	}
	sum, err := sumFile(l.ctx, file, sha256.New())
	if err != nil {
		why += ", and it cannot be read"
	}
	return Unseen{name, why, sum}
}

// filtered looks at files that are not as they are committed, since a filter made them: those of Git LFS whose pointers alone are here,
// and the bytes of others. attributes are the files that say which.
func (l *looker) filtered(attributes []listed) []Unseen {
	if !slices.ContainsFunc(attributes, func(e listed) bool {
		data, err := os.ReadFile(filepath.Join(l.top, filepath.FromSlash(e.path)))
		return err == nil && strings.Contains(string(data), "filter=")
	}) {
		return nil
	}
	list := func(paths ...string) []string {
		out, err := gitIn(l.ctx, []string{"GIT_LITERAL_PATHSPECS=0"}, l.top, 16<<20, nil, append([]string{"ls-files", "-z", "--"}, paths...)...)
		if err != nil || len(out) == 0 {
			return nil
		}
		return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	}
	large := list(":(attr:filter=lfs)")
	var pointers []string
	for _, name := range large {
		if isPointer(filepath.Join(l.top, filepath.FromSlash(name))) {
			pointers = append(pointers, name)
		}
	}
	var all []Unseen
	if len(pointers) > 0 {
		all = append(all, Unseen{".", files(len(pointers)) + " of Git LFS are pointers here", digest([]byte(strings.Join(pointers, "\x00")))})
	}
	for _, name := range list(".", ":(exclude,attr:!filter)") {
		if isSource(name) && !slices.Contains(large, name) {
			all = append(all, l.summed(name, filepath.Join(l.top, filepath.FromSlash(name)), "a filter makes it"))
		}
	}
	return all
}
