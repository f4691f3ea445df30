package artifact

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/home"
	"flowbook/journal/internal/ctxio"
)

// A Folder is a [Store] of files, each named by its key.
type Folder struct{ dir string }

// NewFolder is the store in a folder, which the first Put makes.
func NewFolder(dir string) *Folder { return &Folder{dir} }

// unfinished is the end of the name of a file that is being written.
const unfinished = ".tmp"

func (f *Folder) path(key string) string { return filepath.Join(f.dir, filepath.FromSlash(key)) }

// Put writes to a file of another name first, syncs it, and then gives it its own.
func (f *Folder) Put(ctx context.Context, key string, r io.Reader) (err error) {
	path := f.path(key)
	dir := filepath.Dir(path)
	if err := home.Private(f.dir); err != nil {
		return err
	}
	made := os.Mkdir(dir, 0o755) == nil
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, filepath.Base(path)+".*"+unfinished)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	_, err = io.Copy(file, ctxio.Reader(ctx, r))
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err != nil {
		file.Truncate(0) // gives its room back at once: a program that is just being started may hold it open after it is removed
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil || !made {
		return err
	}
	return syncDir(f.dir)
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

// Open opens the file of a key.
func (f *Folder) Open(_ context.Context, key string) (io.ReadCloser, error) {
	file, err := os.Open(f.path(key))
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Stat looks at the file of a key.
func (f *Folder) Stat(_ context.Context, key string) (Info, error) {
	info, err := os.Stat(f.path(key))
	if err != nil {
		return Info{}, err
	}
	return Info{key, info.Size(), info.ModTime()}, nil
}

// List visits the files, also those that a killed process left unfinished.
func (f *Folder) List(ctx context.Context, visit func(Info) error) error {
	return filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the folder is not made yet, or somebody deletes
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".git") {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(f.dir, path)
		if err != nil {
			return err
		}
		return visit(Info{filepath.ToSlash(rel), info.Size(), info.ModTime()})
	})
}

// Delete removes the file of a key.
func (f *Folder) Delete(_ context.Context, key string) error { return os.Remove(f.path(key)) }

// Close does nothing.
func (f *Folder) Close() error { return nil }
