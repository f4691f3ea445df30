// Package s3 lets a journal keep its artifacts in an S3 bucket: import it for its effect, and open the journal with
// ?artifacts=s3://bucket?prefix=path/ . Credentials are found as the AWS command finds them; see
// https://gocloud.dev/howto/blob/#s3 for the URL's parameters, which also reach S3-compatible servers.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // opens s3://
	"gocloud.dev/gcerrors"

	"flowbook/journal/artifact"
)

func init() { artifact.Register("s3", open) }

func open(ctx context.Context, url string) (artifact.Store, error) {
	b, err := blob.OpenBucket(ctx, withoutChecksums(url))
	if err != nil {
		return nil, err
	}
	return store{b}, nil
}

// withoutChecksums has Amazon's client not warn of servers that give no checksums: a journal knows the sha256 of what it reads.
func withoutChecksums(at string) string {
	const parameter = "response_checksum_validation"
	if strings.Contains(at, parameter) {
		return at
	}
	separator := "?"
	if strings.Contains(at, "?") {
		separator = "&"
	}
	return at + separator + parameter + "=when_required"
}

type store struct{ b *blob.Bucket }

// plain gives an error of a bucket the meaning that a [artifact.Store] promises.
func plain(err error) error {
	switch gcerrors.Code(err) {
	case gcerrors.OK:
		return nil
	case gcerrors.NotFound:
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case gcerrors.PermissionDenied:
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	case gcerrors.DeadlineExceeded:
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	return err
}

func (s store) Put(ctx context.Context, key string, r io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.b.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream", DisableContentTypeDetection: true})
	if err != nil {
		return plain(err)
	}
	from := &source{Reader: r}
	if _, err := io.Copy(w, from); err != nil {
		cancel() // so that Close drops what was written
		w.Close()
		if from.err != nil {
			return from.err
		}
		return plain(err)
	}
	return plain(w.Close())
}

// A source remembers its error, to tell it from the bucket's.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (s store) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.b.NewReader(ctx, key, nil)
	if err != nil {
		return nil, plain(err)
	}
	return r, nil
}

func (s store) Stat(ctx context.Context, key string) (artifact.Info, error) {
	a, err := s.b.Attributes(ctx, key)
	if err != nil {
		return artifact.Info{}, plain(err)
	}
	return artifact.Info{Key: key, Size: a.Size, ModTime: a.ModTime}, nil
}

func (s store) List(ctx context.Context, visit func(artifact.Info) error) error {
	list := s.b.List(nil)
	for {
		o, err := list.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return plain(err)
		}
		if err := visit(artifact.Info{Key: o.Key, Size: o.Size, ModTime: o.ModTime}); err != nil {
			return err
		}
	}
}

func (s store) Delete(ctx context.Context, key string) error { return plain(s.b.Delete(ctx, key)) }

func (s store) Close() error { return s.b.Close() }
