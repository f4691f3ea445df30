package data

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/edsrzf/mmap-go"

	"flowbook/journal/home"
)

// A cache file is: pixels [N,H,W,C], labels (packLabels) or nothing, the footer as JSON, the JSON's length as a little-endian
// uint64, and cacheMagic. The footer comes last because N and the digest are known only when all is decoded.
const cacheMagic = "flwbook1"

type cacheFooter struct {
	Name    string   `json:"name"`
	H       int      `json:"h"`
	W       int      `json:"w"`
	C       int      `json:"c"`
	N       int      `json:"n"`
	Labels  int      `json:"labels"`
	Source  string   `json:"source"` // a digest of the source files' paths, sizes and times
	Digest  string   `json:"digest"`
	Classes []string `json:"classes,omitempty"`
	Skipped []string `json:"skipped,omitempty"`
}

func cacheDir() string { return home.Path("data", "cache") }

// cachePath is where the set made from the source path has its cache.
func cachePath(name, source string) string {
	sum := sha256.Sum256([]byte(absolute(source)))
	return filepath.Join(cacheDir(), name+"-"+hex.EncodeToString(sum[:4])+".images")
}

func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}

// stamp identifies source files by path, size and time of change; a missing one gets a stamp too.
func stamp(paths ...string) string {
	h := sha256.New()
	for _, p := range paths {
		var size int64
		var changed time.Time
		if info, err := os.Stat(p); err == nil {
			size, changed = info.Size(), info.ModTime()
		}
		fmt.Fprintf(h, "%s %d %d\n", absolute(p), size, changed.UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// openCache maps a cache, or fails where there is none, it is broken, or it was made from another state of the source.
func openCache(path, source string) (*Images, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	broken := fmt.Errorf("data: %s is not a whole cache", path)
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size < 16 {
		return nil, broken
	}
	tail := make([]byte, 16)
	if _, err := f.ReadAt(tail, size-16); err != nil || string(tail[8:]) != cacheMagic {
		return nil, broken
	}
	length := binary.LittleEndian.Uint64(tail)
	if length > uint64(size-16) {
		return nil, broken
	}
	text := make([]byte, length)
	if _, err := f.ReadAt(text, size-16-int64(length)); err != nil {
		return nil, broken
	}
	var foot cacheFooter
	if err := json.Unmarshal(text, &foot); err != nil || foot.H < 1 || foot.W < 1 || foot.C < 1 || foot.N < 1 {
		return nil, broken
	}
	pixels := int64(foot.N) * int64(foot.H*foot.W*foot.C)
	labels := size - 16 - int64(length) - pixels // their bytes
	if labels < 0 || labels != int64(foot.Labels) && labels != 8*int64(foot.Labels) {
		return nil, broken
	}
	if foot.Source != source {
		return nil, fmt.Errorf("data: %s was made from another state of its source", path)
	}
	// It stays mapped as long as the process lives, since any slice may still point into it.
	content, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("data: mapping %s: %w", path, err)
	}
	m := &Images{Name: foot.Name, H: foot.H, W: foot.W, C: foot.C, Pixels: content[:pixels:pixels], Classes: foot.Classes, Digest: foot.Digest, Skipped: foot.Skipped}
	if foot.Labels > 0 {
		m.Labels = unpackLabels(content[pixels:pixels+labels], foot.Labels)
	}
	return m, nil
}

// cacheWriter writes a cache picture by picture.
type cacheWriter struct {
	m    *Images // name and sizes; labels and skipped files are gathered here
	n    int
	part string
	file io.WriteCloser
	buf  *bufio.Writer
	hash hash.Hash
}

// newCacheWriter begins a cache that will get the name path.
func (o *options) newCacheWriter(path string, m *Images) (*cacheWriter, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	removeStale(path + ".part*")
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part*")
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	tmp.Close()
	file, err := o.openPart(tmp.Name())
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return &cacheWriter{m: m, part: tmp.Name(), file: file, buf: bufio.NewWriterSize(file, 1<<20), hash: sha256.New()}, nil
}

// add appends whole pictures.
func (w *cacheWriter) add(pixels []uint8) error {
	w.hash.Write(pixels)
	w.n += len(pixels) / w.m.Size()
	if _, err := w.buf.Write(pixels); err != nil {
		return w.failed(err)
	}
	return nil
}

// finish writes labels and footer and gives the file its name.
func (w *cacheWriter) finish(path, source string) error {
	foot := cacheFooter{w.m.Name, w.m.H, w.m.W, w.m.C, w.n, len(w.m.Labels), source, w.m.endDigest(w.hash, w.n), w.m.Classes, w.m.Skipped}
	text, err := json.Marshal(foot)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	w.buf.Write(packLabels(w.m.Labels))
	w.buf.Write(text)
	w.buf.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
	w.buf.WriteString(cacheMagic)
	if err := w.buf.Flush(); err != nil {
		return w.failed(err)
	}
	if err := w.file.Close(); err != nil {
		return w.failed(err)
	}
	if err := os.Rename(w.part, path); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	return nil
}

// abandon removes the unfinished file.
func (w *cacheWriter) abandon() {
	w.file.Close()
	os.Remove(w.part)
}

func (w *cacheWriter) failed(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("data: no space left on the disk of %s after %d pictures of %s (%s): free some, or set FLOWBOOK_HOME to another disk, and call again; the source is untouched: %w",
			filepath.Dir(w.part), w.n, w.m.Name, megabytes(int64(w.n*w.m.Size())), err)
	}
	return fmt.Errorf("data: writing the cache of %s: %w", w.m.Name, err)
}

// removeStale removes what a killed process left half written a day ago or earlier.
func removeStale(pattern string) {
	old, _ := filepath.Glob(pattern)
	for _, p := range old {
		if info, err := os.Stat(p); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.Remove(p)
		}
	}
}

// cachedPair opens the caches of a training and a test set small enough for memory, or builds both and leaves caches for
// the next time. A cache that cannot be written (a full or read-only disk) costs only that next time.
func (o *options) cachedPair(name string, sources []string, build func() (train, test *Images, err error)) (train, test *Images, err error) {
	source := stamp(sources...)
	trainPath, testPath := cachePath(name+"-train", sources[0]), cachePath(name+"-test", sources[0])
	train, err1 := openCache(trainPath, source)
	test, err2 := openCache(testPath, source)
	if err1 == nil && err2 == nil {
		return train, test, nil
	}
	if train, test, err = build(); err != nil {
		return nil, nil, err
	}
	o.save(train, trainPath, source)
	o.save(test, testPath, source)
	return train, test, nil
}

// save writes a cache of a set that is in memory, or does nothing where that is not possible.
func (o *options) save(m *Images, path, source string) {
	w, err := o.newCacheWriter(path, m)
	if err != nil {
		return
	}
	if w.add(m.Pixels) != nil || w.finish(path, source) != nil {
		w.abandon()
	}
}
