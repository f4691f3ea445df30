package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// shrink removes the blobs that were used least recently until all together have at most Limit bytes, and what killed
// processes left half made.
func (s Store) shrink() {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	total := int64(0)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasSuffix(info.Name(), part) && s.sweep(info.Name()) {
			continue
		}
		files = append(files, info)
		total += info.Size()
	}
	tomorrow := time.Now().Add(24 * time.Hour)
	used := func(info fs.FileInfo) time.Time {
		if at := info.ModTime(); at.Before(tomorrow) {
			return at
		}
		return time.Time{} // a clock was wrong: such a file would stay for ever
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return used(a).Compare(used(b)) })
	for _, info := range files {
		if total <= s.Limit {
			return
		}
		if !strings.HasSuffix(info.Name(), part) && os.Remove(filepath.Join(s.Dir, info.Name())) == nil {
			total -= info.Size()
		}
	}
}

// sweep removes a half-made file that nobody has a lock on, and says whether it did.
func (s Store) sweep(name string) bool {
	file, err := os.OpenFile(filepath.Join(s.Dir, name), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	return lock(file) == nil && current(file) && os.Remove(file.Name()) == nil
}
