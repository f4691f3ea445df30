package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the driver

	"flowbook/journal/internal/dialect"
)

func init() { Register("sqlite", openSQLite) }

// File is the file of the jobs beside the file of a journal.
func File(journal string) string {
	return strings.TrimSuffix(journal, filepath.Ext(journal)) + ".sweeps.db"
}

// openSQLite opens the file of the jobs.
func openSQLite(ctx context.Context, at dialect.Location, create Create) (*Store, error) {
	path := File(at.Path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && create == Never {
		return nil, ErrNone
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // as River advises: SQLite has one writer
	driver := riversqlite.New(db)
	lock := flock.New(path+".lock", flock.SetPermissions(0o644)) // one program at a time makes and migrates it
	err = lock.Lock()
	if err == nil {
		err = errors.Join(Migrate(ctx, driver), lock.Unlock())
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("the queue of sweeps %s: %w", path, err)
	}
	return New(driver, db, db.Close), nil
}
