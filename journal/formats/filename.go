package formats

import (
	"crypto/sha256"
	"fmt"
	"mime"
	"path"
	"runtime"
	"slices"
	"strings"
)

// safePath makes each part of a name fit for a file name: letters, digits and the signs of keep stay, all else becomes _.
func safePath(name, keep string) string {
	b := []rune(name)
	for i, c := range b {
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || strings.ContainsRune(keep, c)
		// A dot that begins a part would hide the file, or climb out of the folder.
		if !ok || c == '.' && (i == 0 || b[i-1] == '/') || c == '/' && (i == 0 || i == len(b)-1 || b[i-1] == '/') {
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
	paths, used := make(map[string]string, len(names)), map[string]bool{}
	for _, p := range taken {
		used[p] = true
	}
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int { // those that stay as they are have the first choice, a before a/b
		changed := func(name string) int {
			if ownPath(name, keep) != name {
				return 1
			}
			return 0
		}
		if c := changed(a) - changed(b); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		p := ownPath(name, keep)
		for meets(p, used) {
			p = withDigest(strings.ReplaceAll(p, "/", "_"), name)
		}
		used[p], paths[name] = true, p
	}
	return paths
}

// oneCase tells that the system's files are the same in small and capital letters.
var oneCase = runtime.GOOS == "darwin" || runtime.GOOS == "windows"

// meets tells whether a path is used, or is a folder of one that is, or lies in one.
func meets(p string, used map[string]bool) bool {
	for q := range used {
		a, b := p, q
		if oneCase {
			a, b = strings.ToLower(p), strings.ToLower(q)
		}
		if a == b || strings.HasPrefix(b, a+"/") || strings.HasPrefix(a, b+"/") {
			return true
		}
	}
	return false
}
