package journal

import (
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/fault"
	"flowbook/journal/home"
	"flowbook/journal/store"
)

// DefaultURL returns where [OpenDefault] looks: $FLOWBOOK_JOURNAL, else
// journal/journal.db in the folder of the project's state, [home.Dir].
func DefaultURL() string {
	if url := os.Getenv("FLOWBOOK_JOURNAL"); url != "" {
		return url
	}
	return home.Path("journal", "journal.db")
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
func locate(url string) (*store.Driver, store.Location, error) {
	if url == "" {
		return nil, store.Location{}, fault.Invalid("the journal's path is empty; give a path, sqlite:PATH or postgres://…")
	}
	scheme := "sqlite"
	if before, _, ok := strings.Cut(url, ":"); ok && len(before) > 1 && !strings.ContainsAny(before, `/\.`) {
		scheme = before
	}
	if scheme == "postgresql" {
		scheme = "postgres"
	}
	d := store.Find(scheme)
	if d == nil && scheme == "postgres" {
		return nil, store.Location{}, fault.Invalid(`PostgreSQL is not linked into this program; add import _ "flowbook/journal/store/postgres"`)
	}
	if d == nil {
		return nil, store.Location{}, fault.Invalid("unknown kind of journal %q; give a path, sqlite:PATH or postgres://…", scheme+":")
	}
	at, err := d.Locate(url)
	if err != nil {
		return nil, at, err
	}
	if at.Spool == "" {
		at.Spool = home.Path("journal", "spool")
	}
	if at.Artifacts == "" {
		at.Artifacts = home.Path("journal", "artifacts-"+digest([]byte(at.Name))[:8])
	}
	return d, at, nil
}
