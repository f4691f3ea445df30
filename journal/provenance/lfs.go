package provenance

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"flowbook/journal/internal/ctxio"
)

// maxPointer is more bytes than Git LFS commits in the place of a file.
const maxPointer = 1024

// pointerStart begins what it commits.
const pointerStart = "version https://git-lfs.github.com/spec/"

// isPointer tells whether a file is what Git LFS commits, and not what that stands for.
func isPointer(file string) bool {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() >= maxPointer {
		return false
	}
	data, err := os.ReadFile(file)
	return err == nil && strings.HasPrefix(string(data), pointerStart)
}

// isPointed tells whether what is committed is a pointer of Git LFS to the file that is there. Git would ask its clean filter, which
// writes into the repository.
func (l *looker) isPointed(c change, size int64) bool {
	out, err := git(l.ctx, l.top, maxPointer, nil, "cat-file", "blob", c.sha)
	if err != nil || !strings.HasPrefix(string(out), pointerStart) {
		return false
	}
	oid, told := "", int64(-1)
	for line := range strings.Lines(string(out)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "oid sha256:"); ok {
			oid = v
		}
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "size "); ok {
			told, _ = strconv.ParseInt(v, 10, 64)
		}
	}
	if told != size {
		return false
	}
	sum, err := sumFile(l.ctx, filepath.Join(l.top, c.path), sha256.New())
	return err == nil && sum == oid
}

// blobHash begins the name that git gives a file's bytes; names is the length of the repository's names.
func blobHash(size int64, names int) hash.Hash {
	h := sha1.New()
	if names == 64 {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", size)
	return h
}

func sumFile(ctx context.Context, path string, h hash.Hash) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := io.Copy(h, ctxio.Reader(ctx, f)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
