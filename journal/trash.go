package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"flowbook/journal/artifact"
	"flowbook/journal/fault"
	"flowbook/journal/spool"
)

// Remove moves a run, or else an entry, to the bin, from where [Journal.Restore] brings it back until [Journal.GC] deletes it.
// A run that still runs is refused with ErrRunning. It returns the full id.
func (j *Journal) Remove(ctx context.Context, id string) (string, error) {
	what, full, err := j.resolveAny(ctx, id)
	if err != nil {
		return "", err
	}
	if what == "run" {
		rec, err := j.Get(ctx, full)
		if err != nil {
			return "", err
		}
		if rec.Status == Running {
			return "", fmt.Errorf("journal: run %s: %w; stop process %d on %s first", full, ErrRunning, rec.Machine.PID, rec.Machine.Host)
		}
	}
	return full, j.update(ctx, func(t transaction) error {
		_, err := t.exec(ctx, "UPDATE "+what+" SET deleted = ? WHERE id = ? AND deleted IS NULL", now(), full)
		return err
	})
}

// Restore takes a run or an entry out of the bin; "last" is the run that was moved there last. It returns the full id. What is not in the
// bin is an error that wraps ErrNotFound.
func (j *Journal) Restore(ctx context.Context, id string) (string, error) {
	id, err := j.ResolveBin(ctx, id)
	if err != nil {
		return "", err
	}
	what, full, err := j.resolveAny(ctx, id)
	if err != nil {
		return "", err
	}
	return full, j.update(ctx, func(t transaction) error {
		n, err := t.exec(ctx, "UPDATE "+what+" SET deleted = NULL WHERE id = ? AND deleted IS NOT NULL", full)
		if err == nil && n == 0 {
			err = fmt.Errorf("journal %s: %s %s: %w in the bin", j.at.Name, what, full, ErrNotFound)
		}
		return err
	})
}

// ResolveAny returns the full id of the run, or else of the entry, that a prefix names; "last" is a run.
func (j *Journal) ResolveAny(ctx context.Context, prefix string) (string, error) {
	_, id, err := j.resolveAny(ctx, prefix)
	return id, err
}

// ResolveBin returns the full id of what [Journal.Restore] would restore.
func (j *Journal) ResolveBin(ctx context.Context, id string) (string, error) {
	if id != "last" {
		return j.ResolveAny(ctx, id)
	}
	err := j.row(ctx, "SELECT id FROM run WHERE deleted IS NOT NULL ORDER BY deleted DESC, id LIMIT 1").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("journal %s: no run is in the bin: %w", j.at.Name, ErrNotFound)
	}
	return id, j.explain(err)
}

// resolveAny finds the run, or else the entry, that a prefix names.
func (j *Journal) resolveAny(ctx context.Context, prefix string) (what, id string, err error) {
	id, err = j.Resolve(ctx, prefix)
	if !errors.Is(err, ErrNotFound) || strings.HasPrefix(prefix, "last") { // of entries, the last is not meant
		return "run", id, err
	}
	if id, entryErr := j.ResolveEntry(ctx, prefix); !errors.Is(entryErr, ErrNotFound) {
		return "entry", id, entryErr
	}
	return "", "", fmt.Errorf("journal %s: run or entry %q: %w", j.at.Name, prefix, ErrNotFound)
}

// Collected is what [Journal.GC] deleted, or would delete.
type Collected struct {
	Runs      int   `json:"runs"`
	Entries   int   `json:"entries"`
	Artifacts int   `json:"artifacts"`
	Bytes     int64 `json:"bytes"` // of the artifacts
	DryRun    bool  `json:"dry_run,omitempty"`
}

// GC deletes for good the runs and entries that are in the bin for longer than age, and then the artifacts that no run names.
// Artifacts younger than an hour stay, since a run may be about to name them. With dry it deletes nothing, and counts what it would.
func (j *Journal) GC(ctx context.Context, age time.Duration, dry bool) (Collected, error) {
	c := Collected{DryRun: dry}
	before := micros(time.Now().Add(-age))
	if err := j.emptyBin(ctx, before, &c); err != nil {
		return c, err
	}
	if !dry {
		if err := j.deleteDamagedSpools(ctx); err != nil {
			return c, err
		}
	}
	return c, j.eachBlob(ctx, func(o artifact.Info, digest string) error {
		if time.Since(o.ModTime) < fresh {
			return nil
		}
		if digest == "" {
			switch {
			case dry:
			case strings.HasSuffix(o.Key, ".tmp"): // a process was killed while it wrote an artifact
				return j.artifacts.Delete(ctx, o.Key)
			case strings.HasSuffix(o.Key, spool.DamagedEnd):
				return j.deleteDamaged(ctx, o.Key, before)
			}
			return nil
		}
		var named int
		// After a dry run, what is in the bin for long still names its artifacts.
		err := j.row(ctx, artifactUses, digest, before).Scan(&named)
		if err != nil || named > 0 {
			return j.explain(err)
		}
		c.Artifacts++
		c.Bytes += o.Size
		if dry {
			return nil
		}
		if err := j.artifacts.Delete(ctx, o.Key); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return j.blobError(o.Key, err)
		}
		return nil
	})
}

// deleteDamaged deletes a damaged artifact that [Journal.Verify] put aside, once its bytes were recorded anew or no run names it any more:
// until then it is the only one.
func (j *Journal) deleteDamaged(ctx context.Context, key string, before int64) error {
	digest := strings.TrimSuffix(path.Base(key), spool.DamagedEnd)
	if len(digest) != 64 {
		return nil
	}
	var named int
	if err := j.row(ctx, artifactUses, digest, before).Scan(&named); err != nil {
		return j.explain(err)
	}
	if named > 0 {
		if _, err := j.artifacts.Stat(ctx, blobKey(digest)); err != nil {
			return nil
		}
	}
	return j.artifacts.Delete(ctx, key)
}

// artifactUses counts the runs that name an artifact and are not in the bin since a time or longer.
const artifactUses = "SELECT count(*) FROM artifact WHERE digest = ? AND run NOT IN (SELECT id FROM run WHERE deleted <= ?)"

// deleteDamagedSpools deletes the damaged files that runs left which are deleted now. Of other journals that share the folder nothing is known.
func (j *Journal) deleteDamagedSpools(ctx context.Context) error {
	if j.at.Path == "" || len(j.siblings()) > 0 {
		return nil
	}
	files, err := spool.Damaged(j.at.Spool)
	for _, f := range files {
		var here int
		if err := j.row(ctx, "SELECT count(*) FROM run WHERE id = ?", spool.RunOf(f)).Scan(&here); err != nil {
			return j.explain(err)
		}
		if here == 0 {
			if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return asDiskError(err)
			}
		}
	}
	return err
}

// emptyBin deletes what is in the bin since before or longer, or counts it.
func (j *Journal) emptyBin(ctx context.Context, before int64, c *Collected) error {
	if c.DryRun {
		return j.explain(errors.Join(j.row(ctx, "SELECT count(*) FROM run WHERE deleted <= ?", before).Scan(&c.Runs),
			j.row(ctx, "SELECT count(*) FROM entry WHERE deleted <= ?", before).Scan(&c.Entries)))
	}
	return j.update(ctx, func(t transaction) error {
		runs, err := t.exec(ctx, "DELETE FROM run WHERE deleted <= ?", before)
		if err != nil {
			return err
		}
		entries, err := t.exec(ctx, "DELETE FROM entry WHERE deleted <= ?", before)
		c.Runs, c.Entries = int(runs), int(entries)
		if err != nil {
			return err
		}
		return t.deleteCodes(ctx)
	})
}

// eachBlob visits what the artifact store holds; digest is empty for what is no artifact, as a half-written file.
func (j *Journal) eachBlob(ctx context.Context, visit func(o artifact.Info, digest string) error) error {
	err := j.artifacts.List(ctx, func(o artifact.Info) error {
		digest := ""
		if len(o.Key) == 67 && blobKey(o.Key[3:]) == o.Key {
			digest = o.Key[3:]
		}
		return visit(o, digest)
	})
	if err != nil && !fault.Known(err) {
		err = fmt.Errorf("journal: artifacts at %s: %w", j.at.Artifacts, err)
	}
	return err
}

// checkBlob reads an artifact's bytes and tells whether they have their digest.
func (j *Journal) checkBlob(ctx context.Context, digest string) (bool, error) {
	found, _, err := digestOf(func() (io.ReadCloser, error) { return j.OpenArtifact(ctx, digest) })
	return found == digest, err
}
