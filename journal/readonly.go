package journal

import (
	"context"
	"database/sql"
	"flowbook/journal/internal/outfile"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"flowbook/journal/provenance"
)

// Writable is nil, or an error that wraps ErrPermission where the journal is open to read only.
func (j *Journal) Writable() error {
	if j.readOnly {
		return j.readOnlyError()
	}
	return nil
}

func (j *Journal) readOnlyError() error {
	return fmt.Errorf("journal %s: %w: it is open to read only, since its file or folder may not be written; copy it to write to it", j.at.Name, ErrPermission)
}

// openToRead opens a journal that may not be written, as it is now: the file itself, or a copy of it, where a log of changes lies beside
// it or an older schema needs a migration.
func (j *Journal) openToRead(ctx context.Context) (err error) {
	if wal, err := os.Stat(j.at.Path + "-wal"); err == nil && wal.Size() > 0 {
		return j.openCopy(ctx)
	}
	query := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"busy_timeout(20000)", "query_only(1)"}}
	if j.db, err = sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: j.at.Path, RawQuery: query.Encode()}).String()); err != nil {
		return err
	}
	all, err := migrations()
	if err != nil {
		return err
	}
	have, err := j.schemaVersion(ctx)
	switch newest := all[len(all)-1].version; {
	case err != nil:
		return err
	case have > newest:
		return j.newerSchema(have, newest)
	case have < newest:
		if err := j.db.Close(); err != nil {
			return err
		}
		return j.openCopy(ctx)
	}
	return j.readArtifactsOnly(ctx)
}

// readArtifactsOnly opens the artifacts, and lets nothing be written from now on.
func (j *Journal) readArtifactsOnly(ctx context.Context) (err error) {
	j.readOnly = true
	if own := j.at.Path + ".artifacts"; j.at.Private && provenance.Exists(own) {
		j.at.Artifacts = own
	}
	j.artifacts, err = openArtifacts(ctx, j.at.Artifacts)
	return err
}

// openCopy copies the database to a folder of the system's temporary ones, and opens it there.
func (j *Journal) openCopy(ctx context.Context) (err error) {
	if j.temp, err = os.MkdirTemp("", "journal-"); err != nil {
		return err
	}
	copied := j.at
	copied.Path = filepath.Join(j.temp, "journal.db")
	copied.DSN = sqliteDSN(copied.Path)
	for _, end := range []string{"", "-wal"} {
		if err := outfile.Copy(copied.Path+end, j.at.Path+end); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if j.db, err = j.dialect.Open(ctx, copied); err != nil {
		return err
	}
	original := j.at
	j.at = copied
	err = j.migrate(ctx)
	j.at = original
	if err != nil {
		return err
	}
	return j.readArtifactsOnly(ctx)
}

// newerSchema is the error of a journal that a newer flowbook wrote.
func (j *Journal) newerSchema(have, want int64) error {
	return fmt.Errorf("journal %s: %w: it has schema %d, this program knows up to %d; use a newer flowbook", j.at.Name, ErrNewerSchema, have, want)
}
