package journal

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"flowbook/journal/internal/outfile"
)

//go:embed schema/*.sql
var embedded embed.FS

// schema holds the migrations; a test may put more of them here.
var schema = func() fs.FS {
	sub, err := fs.Sub(embedded, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}()

// migrate brings the database to the newest schema this program knows. It copies an SQLite file before
// it changes it, and refuses a schema that is newer.
func (j *Journal) migrate(ctx context.Context) error {
	unlock, err := lockFile(j.at.Path)
	if err != nil {
		return err
	}
	defer unlock()
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if j.dialect.Locker != nil {
		locker, err := j.dialect.Locker()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(goose.Dialect(j.dialect.Name), j.db, schema, opts...)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("journal %s: %w: it has schema %d, this program knows up to %d; use a newer flowbook", j.at.Name, ErrNewerSchema, have, want)
	}
	if have == want {
		return nil
	}
	if err := j.copyBefore(ctx, have); err != nil {
		return fmt.Errorf("journal %s: copy before the migration: %w", j.at.Name, err)
	}
	for version := have; version < want; version++ {
		if _, err := p.UpByOne(ctx); errors.Is(err, goose.ErrNoNextVersion) {
			return nil // another program was faster
		} else if err != nil {
			return fmt.Errorf("journal %s: migration from schema %d: %w", j.at.Name, version, err)
		}
	}
	return nil
}

// copyBefore copies an SQLite journal of the given schema version to FILE.schemaN.DATE. A server's database is
// its administrator's to copy: there the migration runs in one transaction.
func (j *Journal) copyBefore(ctx context.Context, version int64) error {
	if j.at.Path == "" || version == 0 {
		return nil
	}
	name := fmt.Sprintf("%s.schema%d.%s", j.at.Path, version, time.Now().UTC().Format("20060102-150405"))
	return j.Copy(ctx, name)
}

// Copy writes a consistent copy of an SQLite journal's database to a new file, while others may be writing.
// Artifacts are not copied.
func (j *Journal) Copy(ctx context.Context, path string) error {
	if j.at.Path == "" {
		return invalid("only an SQLite journal copies itself; use pg_dump for %s", j.at.Name)
	}
	if _, err := os.Stat(path); err == nil {
		return invalid("%s exists; name a new file", path)
	}
	path, err := outfile.Target(path) // a link to what is not there yet stays
	if err != nil {
		return err
	}
	part := path + ".part"
	os.Remove(part)
	if _, err := j.db.ExecContext(ctx, "VACUUM INTO '"+strings.ReplaceAll(part, "'", "''")+"'"); err != nil {
		os.Remove(part)
		return j.explain(err)
	}
	return os.Rename(part, path)
}
