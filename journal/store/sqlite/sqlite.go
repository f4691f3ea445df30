// Package sqlite keeps a journal in an SQLite file: a database of its own beside which the artifacts and the write-ahead files lie.
package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"

	"flowbook/journal/fault"
	"flowbook/journal/home"
	"flowbook/journal/internal/lock"
	"flowbook/journal/internal/outfile"
	"flowbook/journal/provenance"
	"flowbook/journal/store"
	"flowbook/journal/store/internal/sqlstore"
)

// applicationID marks an SQLite file as a journal ("flbk"); see PRAGMA application_id.
const applicationID = 0x666c626b

func init() { store.Register("sqlite", &store.Driver{Locate: locate, Open: open}) }

var dialect = &sqlstore.Dialect{
	Classify: classify,
	HasTable: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
	Versions: `CREATE TABLE IF NOT EXISTS goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`,
}

// locate reads PATH or sqlite:PATH, with an optional ?artifacts=URL.
func locate(rawURL string) (store.Location, error) {
	path := strings.TrimPrefix(rawURL, "sqlite:")
	path = strings.TrimPrefix(path, "//")
	artifacts := ""
	if before, query, ok := strings.Cut(path, "?artifacts="); ok {
		path, artifacts = before, query
	}
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return store.Location{}, fault.Invalid("a journal in memory would lose its runs; give the path of a file")
	}
	path, err := filepath.Abs(path)
	if err == nil {
		path, err = ownPath(path)
	}
	if err != nil {
		return store.Location{}, fmt.Errorf("journal: %w", err)
	}
	base := withoutExt(path)
	private := artifacts == ""
	if private {
		artifacts = base + ".artifacts"
	}
	return store.Location{
		Name:      path,
		Path:      path,
		DSN:       dsn(path, toWrite),
		Artifacts: artifacts,
		Private:   private,
		Spool:     base + ".spool",
	}, nil
}

// ownPath is the path of a journal's file itself where path is a link to it: what lies beside a journal lies there, by whichever name it is
// opened. Earlier versions put it beside the link; where it is there, it stays.
func ownPath(path string) (string, error) {
	target, err := outfile.Target(path)
	if err != nil || target == path || provenance.Exists(withoutExt(path)+".artifacts") {
		return path, err
	}
	return target, nil
}

func withoutExt(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) }

// toWrite is how the driver opens a journal that may be written.
const toWrite = "_txlock=immediate&_pragma=busy_timeout(20000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"

// dsn is what the driver opens: a path, and how.
func dsn(path, how string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + how
}

// open opens a journal's file, or creates it; one that may not be written is opened to read.
func open(ctx context.Context, at store.Location) (store.Store, error) {
	switch info, err := os.Stat(at.Path); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("journal: %s is %w: it is a folder; name a file in it", at.Path, fault.ErrNotJournal)
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("journal: %s is %w: it is a device or a pipe; name a file", at.Path, fault.ErrNotJournal)
	}
	release, err := hold(at.Path, checkHeader)
	if err != nil {
		return nil, explain(at, err)
	}
	var s *sqlstore.Store
	if lock.OnlyReadable(at.Path) {
		s, err = openToRead(ctx, at)
	} else {
		s, err = openToWrite(ctx, at)
	}
	if err != nil {
		release()
		return nil, explain(at, err)
	}
	s.AtClose(func() error { release(); return nil })
	return s, nil
}

// explain adds to an error of opening what helps.
func explain(at store.Location, err error) error { return sqlstore.New(nil, dialect, at).Explain(err) }

// openToWrite opens or creates the file, at which checkHeader has looked.
func openToWrite(ctx context.Context, at store.Location) (*sqlstore.Store, error) {
	if err := makeFolder(filepath.Dir(at.Path)); err != nil {
		return nil, err
	}
	db, err := connect(ctx, at)
	if err != nil {
		return nil, err
	}
	return sqlstore.Open(ctx, db, dialect, at)
}

func connect(ctx context.Context, at store.Location) (*sql.DB, error) {
	db, err := sql.Open("sqlite", at.DSN)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(8)
	// SQLite does not wait where two programs turn a new file into one with a write-ahead log.
	unlock, err := lock.File(ctx, at.Path)
	if err != nil {
		db.Close()
		return nil, err
	}
	defer unlock()
	if err := claim(ctx, db, at.Path); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
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

// checkHeader refuses a file that is no SQLite database, or one of another program, without opening it as a database, which would
// change it. A file that does not exist or is empty passes, as does a database without a table, which claim looks at.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 108) // the file's header and that of its first page, see https://sqlite.org/fileformat.html
	n, err := io.ReadFull(f, head)
	if n == 0 && err == io.EOF {
		return nil
	}
	if err != nil && err != io.ErrUnexpectedEOF {
		return err
	}
	if !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return fmt.Errorf("journal: %s is %w: it is no SQLite file; give the path of a journal, or of a file that does not exist yet", path, fault.ErrNotJournal)
	}
	id := binary.BigEndian.Uint32(head[68:])
	leaf, cells := head[100] == 0x0d, binary.BigEndian.Uint16(head[103:])
	if id == applicationID || id == 0 && leaf && cells == 0 {
		return nil
	}
	return foreign(path)
}

func foreign(path string) error {
	return fmt.Errorf("journal: %s is %w: it is an SQLite database of another program; give another path", path, fault.ErrNotJournal)
}

// claim marks a new file as a journal and refuses a database that belongs to another program.
func claim(ctx context.Context, db *sql.DB, path string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var id, tables int64
	if err := conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if id == applicationID {
		return nil
	}
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return err
	}
	if id != 0 || tables > 0 {
		return foreign(path)
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// classify reads SQLite's result codes (https://sqlite.org/rescode.html).
func classify(err error) sqlstore.Kind {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return sqlstore.Other
	}
	switch e.Code() {
	case 778, 4874: // IOERR_WRITE, IOERR_SHMSIZE: the disk or a quota refused to grow a file
		return sqlstore.Full
	}
	switch e.Code() & 0xff {
	case 5, 6: // BUSY, LOCKED
		return sqlstore.Busy
	case 13: // FULL
		return sqlstore.Full
	case 3, 8, 14, 23: // PERM, READONLY, CANTOPEN, AUTH
		return sqlstore.Permission
	case 11: // CORRUPT
		return sqlstore.Corrupt
	case 26: // NOTADB
		return sqlstore.NotDatabase
	}
	return sqlstore.Other
}
