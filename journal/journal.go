package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"flowbook/journal/artifact"
	"flowbook/journal/internal/dialect"
	"flowbook/journal/internal/lock"
)

// A Journal is an open journal. Its methods may be called from several goroutines, and several programs may
// have the same journal open.
type Journal struct {
	at        dialect.Location
	dialect   *dialect.Dialect
	db        *sql.DB
	artifacts artifact.Store
	claimed   atomic.Bool // the folder of artifacts is marked as this journal's
	self      process
	readOnly  bool   // others' files: nothing is written
	temp      string // folder of the copy that is read in their place; see readonly.go
	codes     codeCache
	release   func() // of a file's database, once that is closed; see opened.go

	write sync.Mutex // one writing transaction at a time in this process

	mu     sync.Mutex // guards live and closed
	live   map[*Run]bool
	closed bool
}

// Open opens the journal at a path, sqlite:PATH or postgres: URL, and creates it where there is none.
// Its errors name the file and wrap ErrNotJournal, ErrNewerSchema, ErrCorrupt, ErrPermission, ErrFull, ErrAuth
// or ErrUnreachable where one of these is the cause.
func Open(url string) (*Journal, error) {
	ctx := context.Background()
	d, at, err := locate(url)
	if err != nil {
		return nil, err
	}
	j := &Journal{at: at, dialect: d, self: thisProcess(), live: map[*Run]bool{}}
	if err := j.open(ctx); err != nil {
		j.Close()
		return nil, j.explain(err)
	}
	return j, nil
}

// OpenDefault opens the journal at [DefaultURL].
func OpenDefault() (*Journal, error) { return Open(DefaultURL()) }

func (j *Journal) open(ctx context.Context) (err error) {
	if info, err := os.Stat(j.at.Path); j.at.Path != "" && err == nil && info.IsDir() {
		return fmt.Errorf("journal: %s is %w: it is a folder; name a file in it", j.at.Path, ErrNotJournal)
	}
	if j.at.Path != "" {
		if j.release, err = hold(j.at.Path, checkHeader); err != nil {
			return err
		}
	}
	if j.at.Path != "" && lock.OnlyReadable(j.at.Path) {
		return j.openToRead(ctx)
	}
	if j.db, err = j.dialect.Open(ctx, j.at); err != nil {
		return err
	}
	if err := j.migrate(ctx); err != nil {
		return err
	}
	if j.artifacts, err = openArtifacts(ctx, j.at.Artifacts); err != nil {
		return err
	}
	if err := j.claimArtifacts(ctx); err != nil {
		return err
	}
	return j.recoverSpools(ctx)
}

// Name says which journal this is: its path, or its URL without the password.
func (j *Journal) Name() string { return j.at.Name }

// Close flushes the runs of this program that are still open, without finishing them, and closes the journal.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	j.closed = true
	var open []*Run
	for r := range j.live {
		open = append(open, r)
	}
	j.mu.Unlock()
	var errs []error
	for _, r := range open {
		errs = append(errs, r.stop(), r.codeRecorded())
	}
	if j.artifacts != nil {
		errs = append(errs, j.artifacts.Close())
	}
	if j.db != nil {
		errs = append(errs, j.db.Close())
	}
	if j.release != nil {
		j.release()
	}
	if j.temp != "" {
		errs = append(errs, os.RemoveAll(j.temp))
	}
	return errors.Join(errs...)
}
