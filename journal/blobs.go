package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"flowbook/journal/internal/reach"
)

// fresh is how long an artifact that no run names yet is safe from [Journal.GC].
const fresh = time.Hour

// openBucket opens the folder or bucket URL that holds the artifacts.
func openBucket(ctx context.Context, at string) (*blob.Bucket, error) {
	if scheme, rest, ok := strings.Cut(at, ":/"); ok && len(scheme) > 1 && !strings.ContainsAny(scheme, `/\`) && !strings.HasPrefix(rest, "/") {
		return nil, invalid("artifacts at %s: write %s://… with two slashes", at, scheme)
	}
	if !strings.Contains(at, "://") {
		if err := makeStateFolder(at); err != nil {
			return nil, asDiskError(err)
		}
		return fileblob.OpenBucket(at, &fileblob.Options{CreateDir: true, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	}
	b, err := blob.OpenBucket(ctx, withoutChecksums(at))
	if err != nil && strings.Contains(err.Error(), "no driver registered") {
		scheme, _, _ := strings.Cut(at, "://")
		return nil, invalid(`artifacts at %s: this program is not linked with it; add import _ "flowbook/journal/%s"`, at, scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: artifacts at %s: %w", at, err)
	}
	return b, nil
}

// withoutChecksums has Amazon's client not warn of servers that give no checksums: a journal knows the sha256 of what it reads.
func withoutChecksums(at string) string {
	const parameter = "response_checksum_validation"
	if !strings.HasPrefix(at, "s3://") || strings.Contains(at, parameter) {
		return at
	}
	separator := "?"
	if strings.Contains(at, "?") {
		separator = "&"
	}
	return at + separator + parameter + "=when_required"
}

// owner is the name in the bucket that says whose artifacts these are.
const owner = "JOURNAL"

// claimBucket marks a bucket that another journal could also be given, and refuses one that another journal has: a collection of one
// would delete the artifacts of the other.
func (j *Journal) claimBucket(ctx context.Context) error {
	if j.at.Private {
		return nil
	}
	err := j.update(ctx, func(t transaction) error {
		_, err := t.exec(ctx, "INSERT INTO meta (key, value) VALUES ('id', ?) ON CONFLICT DO NOTHING", newID())
		return err
	})
	if err != nil {
		return err
	}
	var id string
	if err := j.row(ctx, "SELECT value FROM meta WHERE key = 'id'").Scan(&id); err != nil {
		return err
	}
	ctx, cancel := reach.Limit(ctx, 0)
	defer cancel()
	have, err := j.bucket.ReadAll(ctx, owner)
	switch {
	case err == nil && string(have) == id:
		return nil
	case err == nil:
		return invalid("the artifacts at %s belong to another journal (%s, this one is %s); name another folder or bucket with ?artifacts=", j.at.Artifacts, have, id)
	case gcerrors.Code(err) != gcerrors.NotFound:
		return j.blobError(owner, err)
	}
	if err := j.bucket.WriteAll(ctx, owner, []byte(id), nil); err != nil {
		return j.blobError(owner, err)
	}
	return nil
}

func blobKey(digest string) string { return digest[:2] + "/" + digest }

// putBlob stores the bytes that open gives, under their sha256, and syncs them. open is called twice.
func (j *Journal) putBlob(ctx context.Context, open func() (io.ReadCloser, error)) (digest string, size int64, err error) {
	digest, size, err = digestOf(open)
	if err != nil {
		return "", 0, err
	}
	key := blobKey(digest)
	ctx, cancel := reach.Limit(ctx, size)
	defer cancel()
	if attrs, err := j.bucket.Attributes(ctx, key); err == nil && attrs.Size == size && time.Since(attrs.ModTime) < fresh/2 {
		return digest, size, nil
	}
	in, err := open()
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	var file *os.File
	out, err := j.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream", DisableContentTypeDetection: true,
		BeforeWrite: func(as func(any) bool) error { as(&file); return nil }})
	if err != nil {
		return "", 0, j.blobError(key, err)
	}
	again := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, again), in)
	if err == nil && hex.EncodeToString(again.Sum(nil)) != digest {
		err = fmt.Errorf("it changed while it was read; record it when nothing writes to it")
	}
	if err == nil && file != nil {
		err = file.Sync()
	}
	if err != nil {
		cancel() // so that Close drops what was written
		out.Close()
		return "", 0, j.blobError(key, err)
	}
	if err := out.Close(); err != nil {
		return "", 0, j.blobError(key, err)
	}
	if file != nil {
		err = syncDir(filepath.Join(j.at.Artifacts, digest[:2]))
	}
	return digest, size, err
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
	if gcerrors.Code(err) == gcerrors.NotFound {
		return fmt.Errorf("journal: artifact %s: %w in %s (is it on another machine? name a shared bucket with ?artifacts=)", filepath.Base(key), ErrNotFound, j.at.Artifacts)
	}
	if gcerrors.Code(err) == gcerrors.DeadlineExceeded || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("journal: artifacts at %s: %w: check the network and the address (%w)", j.at.Artifacts, ErrUnreachable, err)
	}
	if code := gcerrors.Code(err); code == gcerrors.PermissionDenied {
		err = fmt.Errorf("%w: %w", ErrPermission, err)
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

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// OpenArtifact opens the bytes of a recorded artifact, figure or checkpoint by its digest. Its error wraps ErrNotFound where they are gone.
func (j *Journal) OpenArtifact(ctx context.Context, digest string) (io.ReadCloser, error) {
	if len(digest) != 64 {
		return nil, invalid("%q is no sha256 digest", digest)
	}
	ctx, answered, cancel := reach.Answer(ctx)
	r, err := j.bucket.NewReader(ctx, blobKey(digest), nil)
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
