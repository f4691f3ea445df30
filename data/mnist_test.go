package data

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMNISTFromModule(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	for _, from := range []string{"files", "cache"} {
		train, test, err := MNIST(Offline())
		if err != nil {
			t.Fatal(err)
		}
		if train.Len() != 60000 || test.Len() != 10000 || train.Size() != 784 || test.Size() != 784 {
			t.Errorf("%s: got %v, %v", from, train, test)
		}
		// The first ten labels of each official file.
		if got := train.Labels[:10]; !slices.Equal(got, []int{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}) {
			t.Errorf("%s: first train labels %v", from, got)
		}
		if got := test.Labels[:10]; !slices.Equal(got, []int{7, 2, 1, 0, 4, 1, 4, 9, 5, 9}) {
			t.Errorf("%s: first test labels %v", from, got)
		}
		sum := 0
		for _, p := range train.Pixels {
			sum += int(p)
		}
		if mean := float64(sum) / float64(len(train.Pixels)) / 255; mean < 0.1306 || mean > 0.1308 { // the figure everyone normalises by, 0.1307
			t.Errorf("%s: mean ink %.5f", from, mean)
		}
		if err := train.Verify(); err != nil {
			t.Errorf("%s: %v", from, err)
		}
	}
}

// unpackMNIST writes the four official files, unpacked, to a new folder.
func unpackMNIST(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range mnist.files {
		raw, err := readMaybeGzip(filepath.Join(gomnistDir(), f.name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, f.name), raw)
	}
	return dir
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestMNISTBadFiles(t *testing.T) {
	home, dir := t.TempDir(), unpackMNIST(t)
	t.Setenv("FLOWBOOK_HOME", home)
	train, _, err := MNIST(From(dir))
	if err != nil {
		t.Fatalf("the unpacked files: %v", err)
	}
	want := train.Digest

	const name = "t10k-labels-idx1-ubyte"
	path := filepath.Join(dir, name)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte{}, good...)
	flipped[5000] ^= 1
	count := append([]byte{}, good...)
	binary.BigEndian.PutUint32(count[4:], 9999)
	for _, c := range []struct {
		what    string
		content []byte
		says    []string
	}{
		{"truncated", good[:9000], []string{name, "truncated", "9000 bytes of 10008", "download it again"}},
		{"empty", nil, []string{name, "truncated", "download it again"}},
		{"wrong magic", []byte("<html>not found</html>"), []string{name, "magic", "download it again"}},
		{"wrong count", count, []string{name, "9999", "10000"}},
		{"wrong digest", flipped, []string{name, "sha256", "download it again"}},
		{"too long", append(append([]byte{}, good...), 0), []string{name, "too long", "10009 bytes", "10008"}},
	} {
		write(t, path, c.content)
		_, _, err := MNIST(From(dir))
		wantError(t, c.what, err, c.says...)
	}
	os.Remove(path)
	_, _, err = MNIST(From(dir))
	wantError(t, "missing", err, name, dir, "put its four files there")

	write(t, path, good)
	if train, _, err = MNIST(From(dir)); err != nil || train.Digest != want {
		t.Errorf("after the file is mended: %v, %v", train, err)
	}
}

func TestMNISTBadGzip(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := unpackMNIST(t)
	const name = "train-labels-idx1-ubyte"
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	z.Write(raw)
	z.Close()
	os.Remove(filepath.Join(dir, name))
	path := filepath.Join(dir, name+".gz")

	write(t, path, []byte(packed.String())) // packed by another gzip than the official file: the content decides
	if _, _, err := MNIST(From(dir)); err != nil {
		t.Errorf("repacked: %v", err)
	}
	write(t, path, []byte(packed.String()[:packed.Len()/2]))
	_, _, err = MNIST(From(dir))
	wantError(t, "cut short", err, name+".gz", "truncated")
	write(t, path, []byte("PK\x03\x04 this is a zip"))
	_, _, err = MNIST(From(dir))
	wantError(t, "not gzip", err, name+".gz", "not a sound gzip")
}

// wantError demands an error that says all that is listed, on one line.
func wantError(t *testing.T, what string, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", what)
		return
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: more than one line: %v", what, err)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: the error does not say %q: %v", what, s, err)
		}
	}
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
