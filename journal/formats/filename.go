package formats

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"
)

// safePath makes each part of a name fit for a file name: letters, digits and the signs of keep stay, all else becomes _.
func safePath(name, keep string) string {
	b := []rune(name)
	for i, c := range b {
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || strings.ContainsRune(keep, c)
		// A dot that begins a part would hide the file, or climb out of the folder; Windows drops one, and a space, that ends it.
		ends := i == len(b)-1 || b[i+1] == '/'
		if !ok || c == '.' && (i == 0 || b[i-1] == '/') || ends && (c == '.' || c == ' ') || c == '/' && (i == 0 || i == len(b)-1 || b[i-1] == '/') {
			b[i] = '_'
		}
	}
	return string(b)
}

// ownPath is [safePath] for names that must not meet: one that had to be changed, or is longer than a file's name may be, ends in a part
// of its digest, the same in every run.
func ownPath(name, keep string) string {
	safe := safePath(name, keep)
	if safe == name && len(safe) <= 200 {
		return safe
	}
	return withDigest(safe, name)
}

// withDigest ends a path in a part of the digest of a name, before an ending such as .png.
func withDigest(safe, name string) string {
	ending := path.Ext(safe)
	if mime.TypeByExtension(ending) == "" || ending == path.Base(safe) {
		ending = ""
	}
	stem := strings.TrimSuffix(safe, ending)
	return fmt.Sprintf("%s_%.3x%s", stem[:min(len(stem), 200)], sha256.Sum256([]byte(name)), ending)
}

// ownPaths gives names a path each, no two the same and none a folder of another: of a and a/b the second is named otherwise. taken are
// paths that others have.
func ownPaths(names []string, keep string, taken ...string) map[string]string {
	paths, used := make(map[string]string, len(names)), usedPaths{}
	for _, p := range taken {
		used.add(p)
	}
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int { // those that stay as they are have the first choice, a before a/b and A
		changed := func(name string) int {
			if ownPath(name, keep) != name {
				return 1
			}
			return 0
		}
		return cmp.Or(changed(a)-changed(b), strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(b, a))
	})
	for _, name := range names {
		p := ownPath(name, keep)
		for used.meets(p) {
			p = withDigest(strings.ReplaceAll(p, "/", "_"), name)
		}
		used.add(p)
		paths[name] = p
	}
	return paths
}

// usedPaths are paths that are taken, and with the value false the folders on the way to them. Small and capital letters are the same in
// them: they are on many file systems, to which what is written here may be moved.
type usedPaths map[string]bool

func (u usedPaths) add(p string) {
	p = strings.ToLower(p)
	u[p] = true
	for dir := path.Dir(p); dir != "." && dir != "/"; dir = path.Dir(dir) {
		u[dir] = false
	}
}

// meets tells whether a path is used, or is a folder of one that is, or lies in one.
func (u usedPaths) meets(p string) bool {
	p = strings.ToLower(p)
	if _, there := u[p]; there {
		return true
	}
	for dir := path.Dir(p); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if u[dir] {
			return true
		}
	}
	return false
}
