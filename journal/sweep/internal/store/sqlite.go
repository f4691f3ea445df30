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

	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the driver

	"flowbook/journal/internal/lock"
	"flowbook/journal/internal/outfile"
	jstore "flowbook/journal/store"
)

func init() { Register("sqlite", openSQLite) }

// File is the file of the jobs beside the file of a journal.
func File(journal string) string {
	return strings.TrimSuffix(journal, filepath.Ext(journal)) + ".sweeps.db"
}

// openSQLite opens the file of the jobs.
func openSQLite(ctx context.Context, at jstore.Location, create Create) (*Store, error) {
	path := File(at.Path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && create == Never {
		return nil, ErrNone
	}
	closed := func() error { return nil }
	if lock.OnlyReadable(path) { // a copy of it is read, since opening it needs to write
		temp, err := os.MkdirTemp("", "journal-")
		if err != nil {
			return nil, err
		}
		closed = func() error { return os.RemoveAll(temp) }
		for _, end := range []string{"", "-wal"} {
			if err := outfile.Copy(filepath.Join(temp, "sweeps.db"+end), path+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, errors.Join(err, closed())
			}
		}
		path = filepath.Join(temp, "sweeps.db")
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // as River advises: SQLite has one writer
	driver := riversqlite.New(db)
	unlock, err := lock.File(ctx, path) // one program at a time makes and migrates it
	if err == nil {
		err = Migrate(ctx, driver)
		unlock()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the queue of sweeps %s: %w", File(at.Path), err), db.Close(), closed())
	}
	return New(driver, db, func() error { return errors.Join(db.Close(), closed()) }), nil
}
