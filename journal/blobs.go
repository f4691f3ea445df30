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
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"flowbook/journal/artifact"
	"flowbook/journal/fault"
	"flowbook/journal/home"
	"flowbook/journal/internal/timelimit"
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
