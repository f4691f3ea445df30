package sqlstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/internal/lock"
	"flowbook/journal/internal/outfile"
	"flowbook/journal/provenance"
)

//go:embed schema/*.sql
var embedded embed.FS

// schema holds the migrations, in a folder of this name; a test may put more of them here. Of package io/fs no more is asked, since
// every program that begins a run links it.
var schema files = embedded

type files interface {
	fs.ReadDirFS
	fs.ReadFileFS
}

// migrate brings the database to the newest schema this program knows. It copies an SQLite file before
// it changes it, and refuses a schema that is newer.
func (s *Store) migrate(ctx context.Context) error {
	unlock, err := lock.File(ctx, s.at.Path)
	if err != nil {
		return err
	}
	defer unlock()
	all, err := migrations()
	if err != nil {
		return err
	}
	want := all[len(all)-1].version
	have, err := s.schemaVersion(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return s.newerSchema(have, want)
	}
	if have == want {
		return nil
	}
	if err := s.copyBefore(ctx, have); err != nil {
		return fmt.Errorf("journal %s: copy before the migration: %w", s.at.Name, err)
	}
	err = s.update(ctx, func(t transaction) error { return t.migrate(ctx, all) })
	if err != nil {
		return fmt.Errorf("journal %s: migration from schema %d: %w", s.at.Name, have, err)
	}
	return nil
}

// A migration is a file of the schema: NUMBER_NAME.sql.
type migration struct {
	version    int64
	name       string
	statements []string
}

// migrations reads the schema's files, in the order of their numbers. A file holds statements that end with a semicolon, and comments.
func migrations() ([]migration, error) {
	files, err := schema.ReadDir("schema") // sorted
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, errors.New("journal: the schema is empty"))
	}
	var all []migration
	for _, file := range files {
		name := file.Name()
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("journal: schema file %s: %w", name, err)
		}
		data, err := schema.ReadFile("schema/" + name)
		if err != nil {
			return nil, err
		}
		m := migration{version: version, name: name}
		var text strings.Builder
		for line := range strings.Lines(string(data)) {
			line, _, _ = strings.Cut(line, "--")
			text.WriteString(line + "\n")
		}
		for statement := range strings.SplitSeq(text.String(), ";") {
			if statement = strings.TrimSpace(statement); statement != "" {
				m.statements = append(m.statements, statement)
			}
		}
		all = append(all, m)
	}
	return all, nil
}

// versions is the table of the migrations that were done. Its name and form are those of github.com/pressly/goose, which earlier versions
// of flowbook used.
const versions = "goose_db_version"

// schemaVersion is the schema that the database has, 0 for none.
func (s *Store) schemaVersion(ctx context.Context) (version int64, err error) {
	var tables int
	if err := s.row(ctx, s.d.HasTable, versions).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	return version, s.row(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versions).Scan(&version)
}

// migrate does what is not done yet, all or nothing. Another program may do the same at the same time.
func (t transaction) migrate(ctx context.Context, all []migration) error {
	if t.d.Lock != "" {
		if _, err := t.tx.ExecContext(ctx, t.d.Lock); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, t.d.Versions); err != nil {
		return err
	}
	var have int64
	if err := t.row(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versions).Scan(&have); err != nil {
		return err
	}
	for _, m := range all {
		if m.version <= have {
			continue
		}
		for _, text := range m.statements {
			if _, err := t.tx.ExecContext(ctx, text); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
		if _, err := t.exec(ctx, "INSERT INTO "+versions+" (version_id, is_applied) VALUES (?, ?)", m.version, true); err != nil {
			return err
		}
	}
	return nil
}

// copyBefore copies an SQLite journal of the given schema version to FILE.schemaN.DATE. A server's database is
// its administrator's to copy: there the migration runs in one transaction.
func (s *Store) copyBefore(ctx context.Context, version int64) error {
	if s.at.Path == "" || version == 0 {
		return nil
	}
	name := fmt.Sprintf("%s.schema%d.%s", s.at.Path, version, time.Now().UTC().Format("20060102-150405"))
	free := name
	for n := 2; provenance.Exists(free); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return s.Copy(ctx, free)
}

// Copy writes a consistent copy of an SQLite file to a new file, while others may be writing.
func (s *Store) Copy(ctx context.Context, path string) error {
	if s.at.Path == "" {
		return fault.Invalid("only an SQLite journal copies itself; use pg_dump for %s", s.at.Name)
	}
	return outfile.New(path, func(empty string) error {
		c, err := s.db.Conn(ctx)
		if err != nil {
			return s.Explain(err)
		}
		defer c.Close()
		if s.Writable() != nil { // it refuses all writing, to other files too
			_, err = c.ExecContext(ctx, "PRAGMA query_only = 0")
			defer c.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = 1")
		}
		if err == nil {
			_, err = c.ExecContext(ctx, "VACUUM INTO '"+strings.ReplaceAll(empty, "'", "''")+"'")
		}
		return s.Explain(err)
	})
}

// Outdated tells whether the database has an older schema than the newest, and refuses one that is newer.
func (s *Store) Outdated(ctx context.Context) (bool, error) {
	all, err := migrations()
	if err != nil {
		return false, err
	}
	have, err := s.schemaVersion(ctx)
	newest := all[len(all)-1].version
	if err == nil && have > newest {
		err = s.newerSchema(have, newest)
	}
	return have < newest, err
}

// newerSchema is the error of a journal that a newer flowbook wrote.
func (s *Store) newerSchema(have, want int64) error {
	return fmt.Errorf("journal %s: %w: it has schema %d, this program knows up to %d; use a newer flowbook", s.at.Name, fault.ErrNewerSchema, have, want)
}
