package provenance

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// embedded is what git ignores and a Go file takes into the program by go:embed, of the ignored files and folders by name.
func (l *looker) embedded(ignored []string) (all []Unseen) {
	for _, name := range l.toEmbed(ignored) {
		all = append(all, l.whole(name, "git ignores it, and it is embedded"))
	}
	return all
}

// toEmbed are those of some files and folders that a Go file beside or above them takes by go:embed.
func (l *looker) toEmbed(names []string) (taken []string) {
	patterns := map[string][]string{} // of the Go files of a folder
	of := func(dir string) []string {
		list, ok := patterns[dir]
		if !ok {
			list = embedPatterns(filepath.Join(l.top, filepath.FromSlash(dir)))
			patterns[dir] = list
		}
		return list
	}
	for _, name := range names {
		for dir := path.Dir(name); ; dir = path.Dir(dir) {
			rel := strings.TrimPrefix(name, dir+"/")
			if slices.ContainsFunc(of(dir), func(pattern string) bool { return takes(pattern, rel) }) {
				taken = append(taken, name)
				break
			}
			if dir == "." {
				break
			}
		}
	}
	return taken
}

// takes tells whether a pattern of go:embed may take a path, something below it, or a folder above it.
func takes(pattern, name string) bool {
	p, n := strings.Split(pattern, "/"), strings.Split(name, "/")
	for i := range min(len(p), len(n)) {
		if ok, err := path.Match(p[i], n[i]); !ok || err != nil {
			return false
		}
	}
	return true
}

// embedPatterns are the patterns of go:embed in the Go files of a folder.
func embedPatterns(dir string) (all []string) {
	for _, name := range goFiles(dir) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(data, []byte("//go:embed ")) {
			continue
		}
		for line := range strings.Lines(string(data)) {
			rest, ok := strings.CutPrefix(strings.TrimSpace(line), "//go:embed ")
			for rest = strings.TrimSpace(rest); ok && rest != ""; rest = strings.TrimSpace(rest) {
				word, err := strconv.QuotedPrefix(rest)
				if err != nil {
					word, _, _ = strings.Cut(rest, " ")
				}
				rest = rest[len(word):]
				if plain, err := strconv.Unquote(word); err == nil {
					word = plain
				}
				all = append(all, strings.TrimPrefix(word, "all:"))
			}
		}
	}
	return all
}

// whole is a file, or a folder with all files in it, with the digest of all.
func (l *looker) whole(name, why string) Unseen {
	root, h, n := filepath.Join(l.top, filepath.FromSlash(name)), sha256.New(), 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case n > maxListed:
			return errTooMuch
		case !d.Type().IsRegular():
			return nil
		}
		n++
		sum, err := sumFile(l.ctx, p, sha256.New())
		rel, relErr := filepath.Rel(root, p)
		if err != nil || relErr != nil {
			return fmt.Errorf("it cannot be read")
		}
		fmt.Fprintf(h, "%q %s\n", filepath.ToSlash(rel), sum)
		return nil
	})
	if err != nil {
		return Unseen{name, why + "; it cannot be read whole", ""}
	}
	return Unseen{name, why, hex.EncodeToString(h.Sum(nil))}
}
