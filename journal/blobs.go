package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"flowbook/journal/artifact"
	"flowbook/journal/fault"
	"flowbook/journal/home"
	"flowbook/journal/internal/timelimit"
	"flowbook/journal/provenance"
	"flowbook/journal/store"
	"flowbook/journal/store/sqlite"
)

// fresh is how long an artifact that no run names yet is safe from [Journal.GC].
const fresh = time.Hour

// openArtifacts opens the folder or bucket URL that holds the artifacts.
func openArtifacts(ctx context.Context, at string) (artifact.Store, error) {
	if scheme, rest, ok := strings.Cut(at, ":/"); ok && len(scheme) > 1 && !strings.ContainsAny(scheme, `/\`) && !strings.HasPrefix(rest, "/") {
		return nil, fault.Invalid("artifacts at %s: write %s://… with two slashes", at, scheme)
	}
	s, err := artifact.Open(ctx, at)
	if errors.Is(err, artifact.ErrNoStore) {
		scheme, _, _ := strings.Cut(at, "://")
		return nil, fault.Invalid(`artifacts at %s: this program is not linked with it; add import _ "flowbook/journal/%s"`, at, scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: artifacts at %s: %w", at, err)
	}
	return s, nil
}

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

func blobKey(digest string) string { return digest[:2] + "/" + digest }

// putBlob stores the bytes that open gives, under their sha256, and syncs them. open is called twice.
func (j *Journal) putBlob(ctx context.Context, open func() (io.ReadCloser, error)) (digest string, size int64, err error) {
	if err := j.Writable(); err != nil {
		return "", 0, err
	}
	digest, size, err = digestOf(open)
	if err != nil {
		return "", 0, err
	}
	key := blobKey(digest)
	ctx, cancel := timelimit.Limit(ctx, size)
	defer cancel()
	if info, err := j.artifacts.Stat(ctx, key); err == nil && info.Size == size && time.Since(info.ModTime) < fresh/2 {
		return digest, size, nil
	}
	if j.at.Private && !j.claimed.Load() { // the folder is made now
		if err := j.claimFolder(ctx); err != nil {
			return "", 0, err
		}
	}
	in, err := open()
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	if err := j.artifacts.Put(ctx, key, &checked{r: in, h: sha256.New(), want: digest}); err != nil {
		return "", 0, j.blobError(key, err)
	}
	return digest, size, nil
}

// claimFolder marks the folder of artifacts as this journal's before the first is put there.
func (j *Journal) claimFolder(ctx context.Context) error {
	if err := home.Private(j.at.Artifacts); err != nil {
		return j.blobError(owner, err)
	}
	if err := j.claimArtifacts(ctx); err != nil {
		return err
	}
	j.claimed.Store(true)
	return nil
}

// A checked reader ends with an error where its bytes do not have the digest that is wanted.
type checked struct {
	r    io.Reader
	h    hash.Hash
	want string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.h.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(c.h.Sum(nil)) != c.want {
		err = errors.New("it changed while it was read; record it when nothing writes to it")
	}
	return n, err
}

func digestOf(open func() (io.ReadCloser, error)) (string, int64, error) {
	in, err := open()
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	h := sha256.New()
	size, err := io.Copy(h, in)
	if err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// blobError names the artifact store, and what a full or closed disk means.
func (j *Journal) blobError(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("journal: artifact %s: %w in %s (is it on another machine? name a shared bucket with ?artifacts=)", filepath.Base(key), ErrNotFound, j.at.Artifacts)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("journal: artifacts at %s: %w: check the network and the address (%w)", j.at.Artifacts, ErrUnreachable, err)
	}
	return fmt.Errorf("journal: artifact %s in %s: %w", filepath.Base(key), j.at.Artifacts, asDiskError(err))
}

// asDiskError marks an error of the file system with what it means to the user.
func asDiskError(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fmt.Errorf("%w: free some space: %w", ErrFull, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", ErrPermission, err)
	}
	return err
}

// OpenArtifact opens the bytes of a recorded artifact, figure or checkpoint by its digest. Its error wraps ErrNotFound where they are gone.
func (j *Journal) OpenArtifact(ctx context.Context, digest string) (io.ReadCloser, error) {
	if len(digest) != 64 {
		return nil, fault.Invalid("%q is no sha256 digest", digest)
	}
	ctx, answered, cancel := timelimit.Answer(ctx)
	r, err := j.artifacts.Open(ctx, blobKey(digest))
	answered()
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		cancel()
		return nil, j.blobError(blobKey(digest), err)
	}
	return &reader{r, cancel}, nil
}

// A reader ends its context when it is closed.
type reader struct {
	io.ReadCloser
	end func()
}

func (r *reader) Close() error {
	defer r.end()
	return r.ReadCloser.Close()
}

// ReadArtifact reads the bytes of an artifact and checks them against the digest; a difference wraps ErrCorrupt.
func (j *Journal) ReadArtifact(ctx context.Context, digest string) ([]byte, error) {
	r, err := j.OpenArtifact(ctx, digest)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, j.blobError(blobKey(digest), err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != digest {
		return nil, fmt.Errorf("journal: artifact %s in %s: %w: its bytes have another digest", digest, j.at.Artifacts, ErrCorrupt)
	}
	return data, nil
}
