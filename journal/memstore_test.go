package journal

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"flowbook/journal/artifact"
)

func init() {
	artifact.Register("mem", func(context.Context, string) (artifact.Store, error) {
		return &memStore{kept: map[string]memObject{}}, nil
	})
}

// A memStore keeps artifacts in memory, at mem://.
type memStore struct {
	mu   sync.Mutex
	kept map[string]memObject
}

type memObject struct {
	data []byte
	at   time.Time
}

func (s *memStore) Put(_ context.Context, key string, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key] = memObject{data, time.Now()}
	return nil
}

func (s *memStore) get(key string) (memObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.kept[key]
	if !ok {
		return o, fs.ErrNotExist
	}
	return o, nil
}

func (s *memStore) Open(_ context.Context, key string) (io.ReadCloser, error) {
	o, err := s.get(key)
	return io.NopCloser(bytes.NewReader(o.data)), err
}

func (s *memStore) Stat(_ context.Context, key string) (artifact.Info, error) {
	o, err := s.get(key)
	return artifact.Info{Key: key, Size: int64(len(o.data)), ModTime: o.at}, err
}

func (s *memStore) List(ctx context.Context, visit func(artifact.Info) error) error {
	s.mu.Lock()
	keys := slices.Sorted(maps.Keys(s.kept))
	s.mu.Unlock()
	for _, key := range keys {
		if info, err := s.Stat(ctx, key); err == nil {
			if err := visit(info); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *memStore) Delete(_ context.Context, key string) error {
	if _, err := s.get(key); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, key)
	return nil
}

func (s *memStore) Close() error { return nil }
