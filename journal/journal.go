package journal

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"flowbook/journal/artifact"
	"flowbook/journal/provenance"
	"flowbook/journal/store"
)

// A Journal is an open journal. Its methods may be called from several goroutines, and several programs may
// have the same journal open.
type Journal struct {
	at        store.Location
	store     store.Store
	artifacts artifact.Store
	claimed   atomic.Bool // the folder of artifacts is marked as this journal's
	self      process

	mu     sync.Mutex // guards live and closed
	live   map[*Run]bool
	closed bool
}

// Open opens the journal at a path, sqlite:PATH or postgres: URL, and creates it where there is none.
// Its errors name the file and wrap ErrNotJournal, ErrNewerSchema, ErrCorrupt, ErrPermission, ErrFull, ErrAuth
// or ErrUnreachable where one of these is the cause.
func Open(url string) (*Journal, error) {
	ctx := context.Background()
	driver, at, err := locate(url)
	if err != nil {
		return nil, err
	}
	j := &Journal{at: at, self: thisProcess(), live: map[*Run]bool{}}
	if j.store, err = driver.Open(ctx, at); err != nil {
		return nil, err
	}
	if err := j.open(ctx); err != nil {
		j.Close()
		return nil, j.store.Explain(err)
	}
	return j, nil
}

// OpenDefault opens the journal at [DefaultURL].
func OpenDefault() (*Journal, error) { return Open(DefaultURL()) }

// open opens the artifacts, and brings in what dead processes left.
func (j *Journal) open(ctx context.Context) (err error) {
	readOnly := j.Writable() != nil
	if own := j.at.Path + ".artifacts"; readOnly && j.at.Private && provenance.Exists(own) {
		j.at.Artifacts = own
	}
	if j.artifacts, err = openArtifacts(ctx, j.at.Artifacts); err != nil || readOnly {
		return err
	}
	if err := j.claimArtifacts(ctx); err != nil {
		return err
	}
	return readable(j.recoverSpools(ctx))
}

// Writable is nil, or an error that wraps ErrPermission where the journal is open to read only.
func (j *Journal) Writable() error { return j.store.Writable() }

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
	errs = append(errs, j.store.Close())
	return errors.Join(errs...)
}
