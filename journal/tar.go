package journal

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal/fault"
)

// folderType is the media type of a recorded folder: a tar of its regular files, in order of their names,
// without times and owners, so that equal folders have equal digests.
const folderType = "application/x-tar"

// openTree returns how to read a file, or a folder as a tar.
func openTree(path string) (open func() (io.ReadCloser, error), mime string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", fmt.Errorf("journal: %w", err)
	}
	switch {
	case info.IsDir():
		return func() (io.ReadCloser, error) {
			r, w := io.Pipe()
			go func() { w.CloseWithError(writeTar(w, path)) }()
			return r, nil
		}, folderType, nil
	case info.Mode().IsRegular():
		return func() (io.ReadCloser, error) { return os.Open(path) }, "", nil
	}
	return nil, "", fault.Invalid("%s is neither a file nor a folder", path)
}

func openBytes(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

func writeTar(w io.Writer, dir string) error {
	out := tar.NewWriter(w)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Size: info.Size(), Mode: 0o644, Format: tar.FormatPAX}); err != nil {
			return err
		}
		_, err = io.CopyN(out, f, info.Size())
		return err
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// Extract writes an artifact to path: a recorded folder as a folder, a file as a file.
func (j *Journal) Extract(ctx context.Context, a Artifact, path string) error {
	in, err := j.OpenArtifact(ctx, a.Digest)
	if err != nil {
		return err
	}
	defer in.Close()
	if a.MIME == folderType {
		return readTar(in, path)
	}
	return writeFile(path, in)
}

func readTar(r io.Reader, dir string) error {
	in := tar.NewReader(r)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for {
		h, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("journal: recorded folder: %w: %w", ErrCorrupt, err)
		}
		if !filepath.IsLocal(filepath.FromSlash(h.Name)) || strings.Contains(h.Name, `\`) {
			return fmt.Errorf("journal: recorded folder: %w: it names %q", ErrCorrupt, h.Name)
		}
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(h.Name)), in); err != nil {
			return err
		}
	}
}

func writeFile(path string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
