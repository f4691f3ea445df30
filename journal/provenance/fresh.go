package provenance

import (
	"errors"
	"path"
	"slices"
	"sort"
	"strings"
)

// fresh makes the patch of the files that git does not know and does not ignore.
func (l *looker) fresh(list []byte, err error) (patch []byte, found bool) {
	if err != nil && !errors.Is(err, errTooMuch) {
		l.left.add(".", 0, "new files are not known: "+err.Error())
		return nil, false
	}
	names := strings.Split(strings.TrimSuffix(string(list), "\x00"), "\x00")
	if errors.Is(err, errTooMuch) {
		names = names[:len(names)-1] // the last is cut
		l.left.add(".", 0, "there are too many new files to list")
		found = true
	}
	state := slices.Clone(l.state)
	for _, name := range names {
		state = append(state, journalFiles(l.top, name)...)
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" || own(state, strings.TrimSuffix(n, "/")) })
	sort.Slice(names, func(i, k int) bool {
		a, b := rank(names[i]), rank(names[k])
		return a < b || a == b && names[i] < names[k]
	})
	room := int64(maxNew)
	for i, name := range names {
		found = true
		if i >= maxListed {
			l.left.More += len(names) - i
			break
		}
		p, why, size := newFile(l.ctx, l.top, name, l.names, room)
		if why != "" {
			l.left.add(name, size, why)
			continue
		}
		room -= size
		patch = append(patch, l.masked(p)...)
	}
	return patch, found
}

// rank has the source come first where there is not room for all.
func rank(name string) int {
	switch path.Ext(name) {
	case ".go", ".mod", ".sum", ".work", ".s", ".c", ".h", ".py", ".ipynb", ".sh", ".tmpl":
		return 0
	case ".json", ".yaml", ".yml", ".toml", ".md", ".sql", ".html", ".css", ".js":
		return 1
	}
	return 2
}
