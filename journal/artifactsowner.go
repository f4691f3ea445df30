package journal

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/artifact"
	"flowbook/journal/fault"
	"flowbook/journal/home"
	"flowbook/journal/internal/timelimit"
	"flowbook/journal/provenance"
	"flowbook/journal/store"
	"flowbook/journal/store/sqlite"
)

// owner is the key that says whose artifacts these are.
const owner = "JOURNAL"

// claimArtifacts marks the folder or bucket as this journal's, and refuses one that another journal has: a collection of one would
// delete the artifacts of the other. A journal that names none gets a folder of its own where another has taken the one of its name, as
// with runs.db beside runs.sqlite.
func (j *Journal) claimArtifacts(ctx context.Context) error {
	id, err := j.store.ID(ctx)
	if err != nil {
		return err
	}
	if j.at.Private {
		id += " " + filepath.Base(j.at.Path)
	}
	if own := j.at.Path + ".artifacts"; j.at.Private && provenance.Exists(own) {
		j.at.Artifacts, j.artifacts = own, artifact.NewFolder(own)
	}
	ctx, cancel := timelimit.Limit(ctx, 0)
	defer cancel()
	have, err := j.owner(ctx)
	switch {
	case err == nil && have == id:
		return nil
	case err == nil && j.at.Private && j.mayTake(have, id): // take it over
	case err == nil && j.at.Private && j.at.Artifacts != j.at.Path+".artifacts":
		return j.moveOut(ctx)
	case err == nil:
		return fault.Invalid("the artifacts at %s belong to another journal (%s, this one is %s); name another folder or bucket with ?artifacts=", j.at.Artifacts, have, id)
	case !errors.Is(err, fs.ErrNotExist):
		return j.blobError(owner, err)
	case j.at.Private && !provenance.Exists(j.at.Artifacts):
		return nil // it is claimed with the first artifact
	case j.at.Private && j.at.Artifacts != j.at.Path+".artifacts" && len(j.siblings()) > 0:
		return j.moveOut(ctx) // an earlier version let them share it
	}
	return j.own(ctx, id)
}

// owner reads whose artifacts these are.
func (j *Journal) owner(ctx context.Context) (string, error) {
	r, err := j.artifacts.Open(ctx, owner)
	if err != nil {
		return "", err
	}
	defer r.Close()
	have, err := io.ReadAll(r)
	return string(have), err
}

func (j *Journal) own(ctx context.Context, id string) error {
	if err := j.artifacts.Put(ctx, owner, strings.NewReader(id)); err != nil {
		return j.blobError(owner, err)
	}
	return nil
}

// mayTake tells whether the owner of a folder is gone: it was this journal under another name, or a file that was deleted.
func (j *Journal) mayTake(have, id string) bool {
	other, file, named := strings.Cut(have, " ")
	if !named {
		mine, _, _ := strings.Cut(id, " ")
		return other == mine
	}
	return file == filepath.Base(j.at.Path) || !provenance.Exists(filepath.Join(filepath.Dir(j.at.Path), file))
}

// moveOut gives the journal a folder of artifacts of its own, and copies there what it has in the one that another journal owns.
func (j *Journal) moveOut(ctx context.Context) error {
	from, to := j.artifacts, j.at.Path+".artifacts"
	part := to + ".part"
	if err := j.copyArtifacts(ctx, from, artifact.NewFolder(part)); err != nil {
		return err
	}
	if err := home.Private(part); err != nil {
		return j.blobError(owner, err)
	}
	if err := os.Rename(part, to); err != nil && !provenance.Exists(to) { // another program may have been faster
		return j.blobError(owner, err)
	}
	return j.claimArtifacts(ctx)
}

// siblings are other journals whose files differ from this one's only in the ending of their names.
func (j *Journal) siblings() []string { return sqlite.Siblings(j.at.Path) }

// copyArtifacts copies what the journal's runs name from a store to another; what is not there is passed over.
func (j *Journal) copyArtifacts(ctx context.Context, from, to artifact.Store) error {
	return j.store.Artifacts(ctx, func(u store.ArtifactUse) error {
		in, err := from.Open(ctx, blobKey(u.Digest))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = errors.Join(to.Put(ctx, blobKey(u.Digest), in), in.Close())
		}
		if err != nil {
			return j.blobError(u.Digest, err)
		}
		return nil
	})
}
