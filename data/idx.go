package data

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// idxFile is what an official MNIST file must be. The digest is of the unpacked content, so that it holds for the .gz
// and for the unpacked file alike.
type idxFile struct {
	name   string   // without .gz
	magic  uint32   // 0x08 (bytes) and the number of dimensions
	dims   []uint32 // images: count, rows, columns; labels: count
	sha256 string   // of the unpacked file
	gz     string   // sha256 of the official .gz
}

// read returns the file's values after checking magic, sizes, length and digest.
// The format: http://yann.lecun.com/exdb/mnist/ (big-endian: magic, one uint32 a dimension, then the bytes).
func (f idxFile) read(path string) ([]uint8, error) {
	raw, err := readMaybeGzip(path)
	if err != nil {
		return nil, err
	}
	const remedy = "download it again, or delete it and let flowbook fetch it"
	header, n := 4+4*len(f.dims), 1
	for _, d := range f.dims {
		n *= int(d)
	}
	if len(raw) >= 4 && binary.BigEndian.Uint32(raw) != f.magic {
		return nil, fmt.Errorf("data: %s begins with %#08x, not with MNIST's magic number %#08x: it is another kind of file; %s",
			path, binary.BigEndian.Uint32(raw), f.magic, remedy)
	}
	if len(raw) < header+n {
		return nil, fmt.Errorf("data: %s is truncated: %d bytes of %d; %s", path, len(raw), header+n, remedy)
	}
	for i, want := range f.dims {
		if got := binary.BigEndian.Uint32(raw[4+4*i:]); got != want {
			return nil, fmt.Errorf("data: %s declares %d where MNIST has %d (dimension %d of %v); %s", path, got, want, i, f.dims, remedy)
		}
	}
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != f.sha256 {
		return nil, fmt.Errorf("data: %s has sha256 %x, the official file's content has %s: it is damaged or another set; %s",
			path, sum, f.sha256, remedy)
	}
	return raw[header:], nil
}

// readMaybeGzip reads a file whole, unpacking it where its name ends in .gz.
func readMaybeGzip(path string) ([]byte, error) {
	if !strings.HasSuffix(path, ".gz") {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
		return raw, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err == nil {
		var raw []byte
		if raw, err = io.ReadAll(z); err == nil {
			return raw, nil
		}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("data: %s is truncated (its gzip stream ends early); download it again, or delete it and let flowbook fetch it", path)
	}
	return nil, fmt.Errorf("data: %s is not a sound gzip file (%v); download it again, or delete it and let flowbook fetch it", path, err)
}
