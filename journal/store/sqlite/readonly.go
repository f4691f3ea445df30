package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"

	"flowbook/journal/internal/outfile"
	"flowbook/journal/store"
	"flowbook/journal/store/internal/sqlstore"
)

// openToRead opens a journal that may not be written, as it is now: the file itself, or a copy of it, where a log of changes lies beside
// it or an older schema needs a migration.
func openToRead(ctx context.Context, at store.Location) (*sqlstore.Store, error) {
	if wal, err := os.Stat(at.Path + "-wal"); err == nil && wal.Size() > 0 {
		return openCopy(ctx, at)
	}
	db, err := sql.Open("sqlite", dsn(at.Path, "mode=ro&immutable=1&_pragma=busy_timeout(20000)&_pragma=query_only(1)"))
	if err != nil {
		return nil, err
	}
	s := sqlstore.New(db, dialect, at)
	outdated, err := s.Outdated(ctx)
	if err != nil || outdated {
		db.Close()
		if err != nil {
			return nil, err
		}
		return openCopy(ctx, at)
	}
	s.ReadOnly(at)
	return s, nil
}

// openCopy copies the database to a folder of the system's temporary ones, and opens it there.
func openCopy(ctx context.Context, at store.Location) (_ *sqlstore.Store, err error) {
	temp, err := os.MkdirTemp("", "journal-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(temp)
		}
	}()
	copied := at
	copied.Path = filepath.Join(temp, "journal.db")
	copied.DSN = dsn(copied.Path, toWrite)
	for _, end := range []string{"", "-wal"} {
		if err := outfile.Copy(copied.Path+end, at.Path+end); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
	}
	db, err := connect(ctx, copied)
	if err != nil {
		return nil, err
	}
	s, err := sqlstore.Open(ctx, db, dialect, copied)
	if err != nil {
		return nil, err
	}
	s.ReadOnly(at)
	s.AtClose(func() error { return os.RemoveAll(temp) })
	return s, nil
}
