package journal

import (
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/fault"
	"flowbook/journal/home"
	"flowbook/journal/internal/dialect"
	"flowbook/journal/provenance"
)

// DefaultURL returns where [OpenDefault] looks: $FLOWBOOK_JOURNAL, else
// journal/journal.db in the folder of the project's state, [home.Dir].
func DefaultURL() string {
	if url := os.Getenv("FLOWBOOK_JOURNAL"); url != "" {
		return url
	}
	return home.Path("journal", "journal.db")
}

// makeFolder makes a folder for a journal, and keeps flowbook's own out of the git repository that it may lie in.
func makeFolder(dir string) error {
	if own := home.Dir(); provenance.Within(dir, own) && (filepath.Base(own) == ".flowbook" || !provenance.Exists(own)) {
		if err := home.Private(own); err != nil {
			return err
		}
	}
	return os.MkdirAll(dir, 0o755)
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
		return nil, dialect.Location{}, fault.Invalid("the journal's path is empty; give a path, sqlite:PATH or postgres://…")
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
		return nil, dialect.Location{}, fault.Invalid(`PostgreSQL is not linked into this program; add import _ "flowbook/journal/postgres"`)
	}
	if d == nil {
		return nil, dialect.Location{}, fault.Invalid("unknown kind of journal %q; give a path, sqlite:PATH or postgres://…", scheme+":")
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
