package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
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

// Restore takes a run or an entry out of the bin. It returns the full id.
func (j *Journal) Restore(ctx context.Context, id string) (string, error) {
	what, full, err := j.resolveAny(ctx, id)
	if err != nil {
		return "", err
	}
	return full, j.update(ctx, func(t transaction) error {
		_, err := t.exec(ctx, "UPDATE "+what+" SET deleted = NULL WHERE id = ?", full)
		return err
	})
}

// resolveAny finds the run, or else the entry, that a prefix names.
func (j *Journal) resolveAny(ctx context.Context, prefix string) (what, id string, err error) {
	id, err = j.Resolve(ctx, prefix)
	if !errors.Is(err, ErrNotFound) {
		return "run", id, err
	}
	if id, entryErr := j.ResolveEntry(ctx, prefix); !errors.Is(entryErr, ErrNotFound) {
		return "entry", id, entryErr
	}
	return "", "", fmt.Errorf("journal %s: run or entry %q: %w", j.at.Name, prefix, ErrNotFound)
}

// Collected is what [Journal.GC] deleted.
type Collected struct {
	Runs      int   `json:"runs"`
	Entries   int   `json:"entries"`
	Artifacts int   `json:"artifacts"`
	Bytes     int64 `json:"bytes"` // of the artifacts
}

// GC deletes for good the runs and entries that are in the bin for longer than age, and then the artifacts that no run names.
// Artifacts younger than an hour stay, since a run may be about to name them.
func (j *Journal) GC(ctx context.Context, age time.Duration) (Collected, error) {
	var c Collected
	before := micros(time.Now().Add(-age))
	err := j.update(ctx, func(t transaction) error {
		c = Collected{}
		runs, err := t.exec(ctx, "DELETE FROM run WHERE deleted <= ?", before)
		if err != nil {
			return err
		}
		entries, err := t.exec(ctx, "DELETE FROM entry WHERE deleted <= ?", before)
		c.Runs, c.Entries = int(runs), int(entries)
		return err
	})
	if err != nil {
		return c, err
	}
	return c, j.eachBlob(ctx, func(o *blob.ListObject, digest string) error {
		if time.Since(o.ModTime) < fresh {
			return nil
		}
		if digest == "" {
			if strings.HasSuffix(o.Key, ".tmp") { // a process was killed while it wrote an artifact
				return j.bucket.Delete(ctx, o.Key)
			}
			return nil
		}
		var named int
		if err := j.row(ctx, "SELECT count(*) FROM artifact WHERE digest = ?", digest).Scan(&named); err != nil || named > 0 {
			return j.explain(err)
		}
		if err := j.bucket.Delete(ctx, o.Key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return j.blobError(o.Key, err)
		}
		c.Artifacts++
		c.Bytes += o.Size
		return nil
	})
}

// eachBlob visits what the artifact store holds; digest is empty for what is no artifact, as a half-written file.
func (j *Journal) eachBlob(ctx context.Context, visit func(o *blob.ListObject, digest string) error) error {
	list := j.bucket.List(nil)
	for {
		o, err := list.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("journal: artifacts at %s: %w", j.at.Artifacts, err)
		}
		digest := ""
		if len(o.Key) == 67 && blobKey(o.Key[3:]) == o.Key {
			digest = o.Key[3:]
		}
		if err := visit(o, digest); err != nil {
			return err
		}
	}
}

// checkBlob reads an artifact's bytes and tells whether they have their digest.
func (j *Journal) checkBlob(ctx context.Context, digest string) (bool, error) {
	found, _, err := digestOf(func() (io.ReadCloser, error) { return j.OpenArtifact(ctx, digest) })
	return found == digest, err
}
