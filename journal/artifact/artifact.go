// Package artifact keeps the bytes of a journal's artifacts under keys: in a folder, which is built in, or in a bucket, for a program that
// imports flowbook/journal/s3 or flowbook/journal/gs.
package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// A Store keeps bytes under keys such as ab/abcd. Its errors wrap [io/fs.ErrNotExist] for a key that is not there, [io/fs.ErrPermission],
// and [context.DeadlineExceeded] where it does not answer in the time that the context gives.
type Store interface {
	// Put keeps what r gives, whole or not at all, even through a power cut. An error of r is returned as it is, and nothing is kept.
	Put(ctx context.Context, key string, r io.Reader) error
	// Open reads what is under a key.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Stat tells about a key without reading it.
	Stat(ctx context.Context, key string) (Info, error)
	// List visits all keys.
	List(ctx context.Context, visit func(Info) error) error
	// Delete removes a key.
	Delete(ctx context.Context, key string) error
	// Close ends the use of the store.
	Close() error
}

// An Info tells about a key.
type Info struct {
	Key     string
	Size    int64 // bytes
	ModTime time.Time
}

// ErrNoStore is the error of [Open] for a kind of store that is not linked into the program.
var ErrNoStore = errors.New("not linked into this program")

var (
	mu      sync.Mutex
	openers = map[string]func(ctx context.Context, url string) (Store, error){}
)

// Register makes a kind of store known under a URL scheme.
func Register(scheme string, open func(ctx context.Context, url string) (Store, error)) {
	mu.Lock()
	defer mu.Unlock()
	openers[scheme] = open
}

// Open opens the store at a URL, or the folder at a path.
func Open(ctx context.Context, at string) (Store, error) {
	scheme, rest, isURL := strings.Cut(at, "://")
	if !isURL {
		return NewFolder(at), nil
	}
	mu.Lock()
	open := openers[scheme]
	mu.Unlock()
	if open != nil {
		return open(ctx, at)
	}
	if scheme == "file" {
		path, _, _ := strings.Cut(rest, "?")
		return NewFolder(path), nil
	}
	return nil, fmt.Errorf("artifacts in %s: %w", scheme, ErrNoStore)
}
