// Package sqlstore is the store over database/sql that packages sqlite and postgres share: one schema, one SQL. A [Dialect] is the little
// in which they differ.
package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"flowbook/journal/fault"
	"flowbook/journal/store"
)

// A Store is a [store.Store] over an open database.
type Store struct {
	at       store.Location
	db       *sql.DB
	d        *Dialect
	codes    codeCache
	readOnly bool
	write    sync.Mutex // one writing transaction at a time in this process
	atClose  []func() error
}

// New is a store whose schema is not looked at yet.
func New(db *sql.DB, d *Dialect, at store.Location) *Store { return &Store{at: at, db: db, d: d} }

// Open brings a database to the newest schema.
func Open(ctx context.Context, db *sql.DB, d *Dialect, at store.Location) (*Store, error) {
	s := New(db, d, at)
	if err := s.migrate(ctx); err != nil {
		return nil, s.Explain(errors.Join(err, db.Close()))
	}
	return s, nil
}

// ReadOnly lets nothing be written from now on. name is how messages call the journal.
func (s *Store) ReadOnly(at store.Location) {
	s.readOnly, s.at = true, at
}

// AtClose has Close do something more.
func (s *Store) AtClose(do func() error) { s.atClose = append(s.atClose, do) }

// Writable is [store.Upkeep.Writable].
func (s *Store) Writable() error {
	if s.readOnly {
		return fmt.Errorf("journal %s: %w: it is open to read only, since its file or folder may not be written; copy it to write to it", s.at.Name, fault.ErrPermission)
	}
	return nil
}

// Close is [store.Upkeep.Close].
func (s *Store) Close() error {
	err := s.db.Close()
	for _, do := range s.atClose {
		err = errors.Join(err, do())
	}
	return err
}

// notFound is the error of what is not in the journal.
func (s *Store) notFound(kind store.Kind, id string) error {
	return fmt.Errorf("journal %s: %s %q: %w", s.at.Name, kind, id, fault.ErrNotFound)
}

func sha256Of(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
