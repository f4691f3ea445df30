// Package gs lets a journal keep its artifacts in Google Cloud Storage: import it for its effect, and open the journal with
// ?artifacts=gs://bucket?prefix=path/ . Credentials are Google's application default credentials; access_id=- asks for none, as for a
// public bucket. It speaks by Google's JSON interface: the client of cloud.google.com/go/storage makes a program 20 MB larger.
package gs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	storage "google.golang.org/api/storage/v1"

	"flowbook/journal/artifact"
)

func init() { artifact.Register("gs", open) }

// open opens gs://bucket?prefix=path/&access_id=-.
func open(ctx context.Context, at string) (artifact.Store, error) {
	u, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	s := store{bucket: u.Host}
	options := []option.ClientOption{option.WithScopes(storage.DevstorageReadWriteScope)}
	for name, values := range u.Query() {
		switch value := values[0]; {
		case name == "prefix":
			s.prefix = value
		case name == "access_id" && value == "-":
			options = []option.ClientOption{option.WithoutAuthentication()}
		default:
			return nil, fmt.Errorf("gs: the address has an unknown parameter %s=%s; prefix=PATH/ and access_id=- are known", name, value)
		}
	}
	if host := os.Getenv("STORAGE_EMULATOR_HOST"); host != "" {
		if !strings.Contains(host, "://") {
			host = "http://" + host
		}
		options = []option.ClientOption{option.WithoutAuthentication(), option.WithEndpoint(host + "/storage/v1/")}
	}
	if s.client, err = storage.NewService(ctx, options...); err != nil {
		return nil, err
	}
	return s, nil
}

// A store is a bucket, or what begins with a prefix in it.
type store struct {
	client         *storage.Service
	bucket, prefix string
}

// tries is how often something is asked for that fails in passing; the pause between doubles from the first.
const (
	tries = 4
	pause = 200 * time.Millisecond
)

// persist asks again where the server is busy or the connection broke.
func persist(ctx context.Context, ask func() error) error {
	for n := 0; ; n++ {
		err := ask()
		if err == nil || n == tries-1 || !passing(err) {
			return plain(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause << n):
		}
	}
}

// passing tells whether an error may go away by itself.
func passing(err error) bool {
	var answer *googleapi.Error
	if errors.As(err, &answer) {
		return answer.Code == http.StatusTooManyRequests || answer.Code >= 500
	}
	var broken *url.Error
	return errors.As(err, &broken)
}

// plain gives an error of Google's the meaning that an [artifact.Store] promises.
func plain(err error) error {
	var answer *googleapi.Error
	var broken *url.Error
	switch {
	case errors.As(err, &broken) && !errors.Is(err, context.Canceled):
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	case !errors.As(err, &answer):
		return err
	}
	switch answer.Code {
	case http.StatusNotFound:
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case http.StatusForbidden, http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	}
	return err
}

// Put sends in parts; each is sent again where the connection broke.
func (s store) Put(ctx context.Context, key string, r io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from := &source{Reader: r, broken: cancel} // so that what was sent of it is dropped
	object := &storage.Object{Name: s.prefix + key}
	_, err := s.client.Objects.Insert(s.bucket, object).Media(from, googleapi.ContentType("application/octet-stream")).Context(ctx).Do()
	if from.err != nil {
		return from.err
	}
	return plain(err)
}

// A source remembers the error of what is sent, and cancels the sending at it.
type source struct {
	io.Reader
	broken func()
	err    error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
		s.broken()
	}
	return n, err
}

func (s store) Open(ctx context.Context, key string) (body io.ReadCloser, err error) {
	err = persist(ctx, func() error {
		answer, err := s.client.Objects.Get(s.bucket, s.prefix+key).Context(ctx).Download()
		if err == nil {
			body = answer.Body
		}
		return err
	})
	return body, err
}

func (s store) Stat(ctx context.Context, key string) (info artifact.Info, err error) {
	err = persist(ctx, func() error {
		o, err := s.client.Objects.Get(s.bucket, s.prefix+key).Context(ctx).Do()
		if err == nil {
			info, err = s.info(o)
		}
		return err
	})
	return info, err
}

func (s store) info(o *storage.Object) (artifact.Info, error) {
	at, err := time.Parse(time.RFC3339, o.Updated)
	return artifact.Info{Key: strings.TrimPrefix(o.Name, s.prefix), Size: int64(o.Size), ModTime: at}, err
}

func (s store) List(ctx context.Context, visit func(artifact.Info) error) error {
	for token := ""; ; {
		var page *storage.Objects
		err := persist(ctx, func() (err error) {
			page, err = s.client.Objects.List(s.bucket).Prefix(s.prefix).PageToken(token).Context(ctx).Do()
			return err
		})
		if err != nil {
			return err
		}
		for _, o := range page.Items {
			info, err := s.info(o)
			if err != nil {
				return err
			}
			if err := visit(info); err != nil {
				return err
			}
		}
		if token = page.NextPageToken; token == "" {
			return nil
		}
	}
}

func (s store) Delete(ctx context.Context, key string) error {
	return persist(ctx, func() error { return s.client.Objects.Delete(s.bucket, s.prefix+key).Context(ctx).Do() })
}

func (s store) Close() error { return nil }
