package journal

import (
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/internal/dialect"
)

// DefaultURL returns where [OpenDefault] looks: $FLOWBOOK_JOURNAL, else
// $FLOWBOOK_HOME/journal/journal.db, else .flowbook/journal/journal.db in the nearest folder at or above
// the working directory that holds a go.mod, else in the working directory.
func DefaultURL() string {
	if url := os.Getenv("FLOWBOOK_JOURNAL"); url != "" {
		return url
	}
	return filepath.Join(home(), "journal", "journal.db")
}

// home is the folder of flowbook's state.
func home() string {
	if dir := os.Getenv("FLOWBOOK_HOME"); dir != "" {
		return dir
	}
	return filepath.Join(projectDir(), ".flowbook")
}

// projectDir is the nearest folder at or above the working directory that holds a go.mod, else the working directory.
func projectDir() string {
	wd, err := os.Getwd()
	if err != nil {
		return "."
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return wd
		}
	}
}

// locate finds the dialect of a URL and reads the URL with it.
func locate(url string) (*dialect.Dialect, dialect.Location, error) {
	if url == "" {
		return nil, dialect.Location{}, invalid("the journal's path is empty; give a path, sqlite:PATH or postgres://…")
	}
	scheme := "sqlite"
	if before, _, ok := strings.Cut(url, ":"); ok && len(before) > 1 && !strings.ContainsAny(before, `/\.`) {
		scheme = before
	}
	if scheme == "postgresql" {
		scheme = "postgres"
	}
	d := dialect.Find(scheme)
	if d == nil && scheme == "postgres" {
		return nil, dialect.Location{}, invalid(`PostgreSQL is not linked into this program; add import _ "flowbook/journal/postgres"`)
	}
	if d == nil {
		return nil, dialect.Location{}, invalid("unknown kind of journal %q; give a path, sqlite:PATH or postgres://…", scheme+":")
	}
	at, err := d.Locate(url)
	if err != nil {
		return nil, at, err
	}
	if at.Spool == "" {
		at.Spool = filepath.Join(home(), "journal", "spool")
	}
	if at.Artifacts == "" {
		at.Artifacts = filepath.Join(home(), "journal", "artifacts-"+digest([]byte(at.Name))[:8])
	}
	return d, at, nil
}
