package provenance

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// inside gives the paths below top, with slashes, of what lies there.
func inside(top string, paths []string) []string {
	var all []string
	for _, p := range paths {
		rel, err := filepath.Rel(real(top), real(p))
		if err == nil && filepath.IsLocal(rel) && rel != "." {
			all = append(all, filepath.ToSlash(rel))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// own tells whether a path is the journal's own.
func own(state []string, name string) bool {
	for _, p := range state {
		if name == p || strings.HasPrefix(name, p+"/") {
			return true
		}
	}
	return false
}

// pattern makes a path an ignore pattern that matches it alone.
func pattern(p string) string {
	var b strings.Builder
	b.WriteByte('/')
	for _, c := range []byte(p) {
		if strings.IndexByte(`*?[]\!# `, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// journalFiles are the files of another journal, where a file is one.
func journalFiles(top, name string) []string {
	switch path.Ext(name) {
	case ".db", ".sqlite", ".sqlite3", ".journal":
	default:
		return nil
	}
	if !IsJournal(filepath.Join(top, filepath.FromSlash(name))) {
		return nil
	}
	own := JournalFiles(filepath.Join(top, filepath.FromSlash(name)))
	for i, file := range own {
		own[i] = filepath.ToSlash(strings.TrimPrefix(file, top+string(filepath.Separator)))
	}
	return own
}

// IsJournal tells whether a file is a journal, by the beginning of an SQLite file.
func IsJournal(file string) bool {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 72)
	n, _ := f.Read(head)
	return n == len(head) && bytes.HasPrefix(head, []byte("SQLite format 3\x00")) && string(head[68:]) == "flbk"
}

// JournalFiles are the files and folders that belong to the journal in an SQLite file, itself among them.
func JournalFiles(file string) []string {
	base := strings.TrimSuffix(file, path.Ext(file))
	all := []string{file, file + ".artifacts", file + ".spool", base + ".artifacts", base + ".spool"}
	for _, end := range []string{"-wal", "-shm", "-journal", ".lock"} {
		all = append(all, file+end)
	}
	beside, err := os.ReadDir(filepath.Dir(file))
	for _, f := range beside {
		if err == nil && strings.HasPrefix(f.Name(), filepath.Base(file)+".schema") { // a copy before a migration
			all = append(all, filepath.Join(filepath.Dir(file), f.Name()))
		}
	}
	return all
}
