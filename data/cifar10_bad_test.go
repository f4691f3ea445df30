package data

import (
	"bytes"
	"path/filepath"
	"testing"
)

func TestCIFAR10Bad(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	t.Setenv("FLOWBOOK_CIFAR10", "")
	s := smallCIFAR(t)
	bin, py := s.archive(t, "bin"), s.archive(t, "py")
	flip := func(b []byte, at int) []byte { b = bytes.Clone(b); b[at] ^= 1; return b }
	batch := s.python(0, false)
	calls := bytes.Replace(batch, []byte("cnumpy\nndarray\n"), []byte("cposix\nsystem\n"), 1)
	for _, c := range []struct {
		what, file string
		content    []byte
		says       []string
	}{
		{"truncated archive", "cifar-10-binary.tar.gz", bin[:len(bin)/2], []string{"cifar-10-binary.tar.gz", "truncated", "fetch it again"}},
		{"truncated python archive", "cifar-10-python.tar.gz", py[:len(py)*2/3], []string{"cifar-10-python.tar.gz", "truncated"}},
		{"empty archive", "cifar-10-binary.tar.gz", nil, []string{"cifar-10-binary.tar.gz", "truncated"}},
		{"a page", "cifar-10-binary.tar.gz", []byte("<html>busy</html>, come back later"), []string{"cifar-10-binary.tar.gz", "another kind"}},
		{"cut batch", "data_batch_1.bin", s.records[0][:5000], []string{"data_batch_1.bin", "5000 bytes", "truncated"}},
		{"damaged batch", "data_batch_1.bin", flip(s.records[0], 3000), []string{"data_batch_1.bin", "sha256", "damaged", "fetch it again"}},
		{"missing batches", "data_batch_2.bin", s.records[1], []string{"data_batch_1.bin", "fetch it again"}},
		{"cut python batch", "data_batch_1", batch[:4000], []string{"data_batch_1 ", "truncated"}},
		{"damaged python batch", "data_batch_1", flip(batch, 3000), []string{"data_batch_1:", "sha256"}},
		{"python that calls", "data_batch_1", calls, []string{"data_batch_1 ", "posix system"}},
		{"nothing", "readme.txt", nil, []string{"not here", "no file of it in", "data_batch_1.bin", "cifar-10-python.tar.gz"}},
	} {
		dir := t.TempDir()
		if c.what != "missing batches" { // the other batches are sound
			names, contents := s.files("bin")
			if c.file == "data_batch_1" {
				names, contents = s.files("py")
			}
			for i := range names {
				if filepath.Ext(c.file) == filepath.Ext(names[i]) && i > 0 {
					write(t, filepath.Join(dir, names[i]), contents[i])
				}
			}
		}
		write(t, filepath.Join(dir, c.file), c.content)
		_, _, err := s.load(From(dir))
		wantError(t, c.what, err, c.says...)
	}
	_, _, err := s.load(From(filepath.Join(t.TempDir(), "nowhere")))
	wantError(t, "no folder", err, "nowhere does not exist")
}
