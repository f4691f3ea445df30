package provenance

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"flowbook/journal/internal/secret"
)

// sourceExt are the endings of the files that a Go program is built of.
var sourceExt = []string{".go", ".mod", ".sum", ".work", ".s", ".c", ".h", ".cc", ".cpp", ".hpp", ".m", ".tmpl", ".sql"}

// source reads what a program in a folder without a repository is built of, as a text of files (golang.org/x/tools/txtar): each after
// a line -- NAME --, in the order of their names. Folders that Go passes over, and modules in the folder, are passed over.
func source(ctx context.Context, dir string, state []string) ([]byte, *left) {
	l := &left{}
	skip := inside(dir, state)
	var names []string
	walked := 0
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if walked++; walked > maxListed || ctx.Err() != nil {
			l.add(".", 0, "there are too many files to look at")
			return fs.SkipAll
		}
		if err != nil {
			return nil // what cannot be read is not built
		}
		rel, relErr := filepath.Rel(dir, p)
		if relErr != nil {
			return relErr
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() && rel != "." {
			base := d.Name()
			if base[0] == '.' || base[0] == '_' || base == "vendor" || base == "testdata" || base == "node_modules" || own(skip, rel) || Exists(filepath.Join(p, "go.mod")) {
				return fs.SkipDir
			}
		}
		if d.Type().IsRegular() && slices.Contains(sourceExt, path.Ext(rel)) && !strings.HasSuffix(rel, "_test.go") && !own(skip, rel) {
			names = append(names, rel)
		}
		return nil
	})
	if err != nil {
		l.add(".", 0, err.Error())
	}
	slices.Sort(names)
	var b bytes.Buffer
	for _, name := range names {
		file := filepath.Join(dir, filepath.FromSlash(name))
		info, err := os.Stat(file)
		switch {
		case err != nil:
			l.add(name, 0, "it cannot be read")
			continue
		case secret.File(name):
			l.add(name, info.Size(), "by its name it may hold secrets")
			continue
		case info.Size() > maxFile || int64(b.Len())+info.Size() > maxNew:
			l.add(name, info.Size(), "it is too large")
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			l.add(name, info.Size(), "it cannot be read")
			continue
		}
		masked := secret.Source(string(data))
		if masked != string(data) {
			l.add(name, info.Size(), "a secret in it is masked")
		}
		fmt.Fprintf(&b, "-- %s --\n%s", text(name), masked)
		if len(masked) > 0 && !strings.HasSuffix(masked, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.Bytes(), l
}
