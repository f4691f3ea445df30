package journal

import (
	"context"
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
	"flowbook/journal/store"
)

// Remove moves a run or an entry to the trash, from where [Journal.Restore] brings it back until [Journal.GC] deletes it. A run that still
// runs is refused with ErrRunning.
func (j *Journal) Remove(ctx context.Context, id string) error {
	kind, err := j.kindOf(ctx, id)
	if err != nil {
		return err
	}
	if kind == store.RunKind {
		r, err := j.Get(ctx, id)
		if err != nil {
			return err
		}
		if r.Status == Running {
			return fmt.Errorf("journal: run %s: %w; stop process %d on %s first", id, ErrRunning, r.Machine.PID, r.Machine.Host)
		}
	}
	now := time.Now()
	_, err = j.store.SetDeleted(ctx, kind, id, &now)
	return err
}

// Restore takes a run or an entry out of the trash. What is not there is an error that wraps ErrNotFound.
func (j *Journal) Restore(ctx context.Context, id string) error {
	kind, err := j.kindOf(ctx, id)
	if err != nil {
		return err
	}
	changed, err := j.store.SetDeleted(ctx, kind, id, nil)
	if err == nil && !changed {
		err = fmt.Errorf("journal %s: %s %s: %w in the trash", j.at.Name, kind, id, ErrNotFound)
	}
	return err
}

// kindOf tells whether an id is a run's or an entry's.
func (j *Journal) kindOf(ctx context.Context, id string) (store.Kind, error) {
	err := j.Has(ctx, id)
	if !errors.Is(err, ErrNotFound) {
		return store.RunKind, err
	}
	if _, err := j.store.Entry(ctx, id); !errors.Is(err, ErrNotFound) {
		return store.EntryKind, err
	}
	return "", fmt.Errorf("journal %s: run or entry %q: %w", j.at.Name, id, ErrNotFound)
}

// Collected is what [Journal.GC] deleted, or would delete.
type Collected struct {
	Runs      int   `json:"runs"`
	Entries   int   `json:"entries"`
	Artifacts int   `json:"artifacts"`
	Bytes     int64 `json:"bytes"` // of the artifacts
	DryRun    bool  `json:"dry_run,omitempty"`
}

// GC deletes for good the runs and entries that are in the trash for longer than age, and then the artifacts that no run names.
// Artifacts younger than an hour stay, since a run may be about to name them.
func (j *Journal) GC(ctx context.Context, age time.Duration) (Collected, error) {
	return j.collect(ctx, age, Collected{})
}

// GCDryRun counts what [Journal.GC] would delete.
func (j *Journal) GCDryRun(ctx context.Context, age time.Duration) (Collected, error) {
	return j.collect(ctx, age, Collected{DryRun: true})
}

func (j *Journal) collect(ctx context.Context, age time.Duration, c Collected) (Collected, error) {
	dry := c.DryRun
	before := time.Now().Add(-age)
	if err := j.emptyTrash(ctx, before, &c); err != nil {
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
		// After a dry run, what is in the trash for long still names its artifacts.
		if named, err := j.store.Named(ctx, digest, before); err != nil || named {
			return err
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
func (j *Journal) deleteDamaged(ctx context.Context, key string, before time.Time) error {
	digest := strings.TrimSuffix(path.Base(key), spool.DamagedEnd)
	if len(digest) != 64 {
		return nil
	}
	named, err := j.store.Named(ctx, digest, before)
	if err != nil {
		return err
	}
	if named {
		if _, err := j.artifacts.Stat(ctx, blobKey(digest)); err != nil {
			return nil
		}
	}
	return j.artifacts.Delete(ctx, key)
}

// deleteDamagedSpools deletes the damaged files that runs left which are deleted now. Of other journals that share the folder nothing is known.
func (j *Journal) deleteDamagedSpools(ctx context.Context) error {
	if j.at.Path == "" || len(j.siblings()) > 0 {
		return nil
	}
	files, err := spool.Damaged(j.at.Spool)
	for _, f := range files {
		switch known := j.Has(ctx, spool.RunOf(f)); {
		case known == nil:
			continue
		case !errors.Is(known, ErrNotFound):
			return known
		}
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return asDiskError(err)
		}
	}
	return err
}

// emptyTrash deletes what is in the trash since before or longer, or counts it.
func (j *Journal) emptyTrash(ctx context.Context, before time.Time, c *Collected) (err error) {
	c.Runs, c.Entries, err = j.store.Trashed(ctx, before)
	if err != nil || c.DryRun || c.Runs+c.Entries == 0 { // on a full disk not even a change of nothing can be written
		return err
	}
	c.Runs, c.Entries, err = j.store.Empty(ctx, before)
	return err
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
