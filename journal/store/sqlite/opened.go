package sqlite

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"flowbook/journal/provenance"
)

// opened counts, by file, the journals that this process has open. Closing any descriptor of a file drops all POSIX locks that the process
// has on it, SQLite's too (https://sqlite.org/howtocorrupt.html, section 2.2): another process may then take the log of changes for
// nobody's, and what was acknowledged is lost. So a file that is open as a database is never opened in another way, nor is a companion.
var opened = struct {
	sync.Mutex
	count map[string]int
}{count: map[string]int{}}

// hold counts a journal's file as open, after check has looked into it where it was not; release counts it out when its database is closed.
func hold(path string, check func(path string) error) (release func(), err error) {
	opened.Lock()
	defer opened.Unlock()
	path = withoutLinks(path)
	if opened.count[path] == 0 {
		if err := check(path); err != nil {
			return nil, err
		}
	}
	opened.count[path]++
	return func() {
		opened.Lock()
		defer opened.Unlock()
		if opened.count[path]--; opened.count[path] == 0 {
			delete(opened.count, path)
		}
	}, nil
}

// isOpen tells whether this process has a file open as a journal.
func isOpen(path string) bool {
	opened.Lock()
	defer opened.Unlock()
	return opened.count[withoutLinks(path)] > 0
}

// withoutLinks is the path of the file itself, which need not be there yet.
func withoutLinks(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path))
	}
	return path
}

// isCompanion tells whether a file's name is one that SQLite gives to what lies beside a database.
func isCompanion(path string) bool {
	return slices.ContainsFunc([]string{"-wal", "-shm", "-journal"}, func(end string) bool { return strings.HasSuffix(path, end) })
}

// Siblings are other journals whose files differ from that of path only in the ending of their names, as runs.db and runs.sqlite.
func Siblings(path string) (all []string) {
	base := withoutExt(path)
	folder, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil
	}
	for _, entry := range folder {
		f := filepath.Join(filepath.Dir(path), entry.Name())
		if f == path || withoutExt(f) != base || isCompanion(f) {
			continue
		}
		if isOpen(f) || provenance.IsJournal(f) {
			all = append(all, f)
		}
	}
	return all
}
