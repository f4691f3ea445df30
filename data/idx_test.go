package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"
)

// idxOf is the content of an IDX file.
func idxOf(t testing.TB, element byte, shape []int, values any) []byte {
	t.Helper()
	b := bytes.NewBuffer([]byte{0, 0, element, byte(len(shape))})
	for _, d := range shape {
		binary.Write(b, binary.BigEndian, uint32(d))
	}
	if err := binary.Write(b, binary.BigEndian, values); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed(content []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	z.Write(content)
	z.Close()
	return b.Bytes()
}

func TestIDXOfEveryType(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		element byte
		shape   []int
		values  any
		floats  []float64
	}{
		{0x08, []int{2, 2}, []uint8{0, 1, 254, 255}, []float64{0, 1, 254, 255}},
		{0x09, []int{3}, []int8{-128, 0, 127}, []float64{-128, 0, 127}},
		{0x0b, []int{1, 2, 1}, []int16{-2, 300}, []float64{-2, 300}},
		{0x0c, []int{2}, []int32{-1 << 31, 7}, []float64{-1 << 31, 7}},
		{0x0d, []int{1, 1, 1, 2}, []float32{.5, -2}, []float64{.5, -2}},
		{0x0e, []int{2, 1}, []float64{math.Pi, -1e300}, []float64{math.Pi, -1e300}},
		{0x08, nil, []uint8{9}, []float64{9}}, // no dimension: one number
		{0x08, []int{0, 28, 28}, []uint8{}, []float64{}},
	} {
		content := idxOf(t, c.element, c.shape, c.values)
		for name, content := range map[string][]byte{"plain": content, "packed.gz": packed(content), "packed-without-its-ending": packed(content)} {
			path := filepath.Join(dir, name)
			write(t, path, content)
			a, err := ReadIDX(path)
			if err != nil {
				t.Errorf("%#02x: %v", c.element, err)
				continue
			}
			if !slices.Equal(a.Shape, c.shape) || !slices.Equal(a.Float64(), c.floats) || a.Len() != len(c.floats) {
				t.Errorf("%#02x, %s: shape %v, %v, want %v, %v", c.element, name, a.Shape, a.Values, c.shape, c.values)
			}
			if ints, err := a.Ints(); (err == nil) != (c.element <= 0x0c) || err == nil && len(ints) != len(c.floats) {
				t.Errorf("%#02x as ints: %v, %v", c.element, ints, err)
			}
		}
	}
}

func TestIDXPackedTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gz")
	write(t, path, packed(packed([]byte{0, 0, 8, 1, 0, 0, 0, 1, 7})))
	_, err := ReadIDX(path)
	wantError(t, "gzip in gzip", err, path, "packed by gzip twice")
}

func TestIDXBad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x-ubyte")
	good := idxOf(t, 0x08, []int{2, 3}, []uint8{1, 2, 3, 4, 5, 6})
	huge := idxOf(t, 0x0e, []int{1 << 31, 1 << 31, 1 << 31}, []float64{})
	for _, c := range []struct {
		what    string
		content []byte
		says    []string
	}{
		{"empty", nil, []string{"truncated", "0 bytes"}},
		{"no header", good[:6], []string{"truncated", "6 bytes of a header of 12"}},
		{"cut", good[:15], []string{"truncated", "15 bytes of 18", "[2 3]"}},
		{"too long", append(slices.Clone(good), 0), []string{"too long", "19 bytes", "18"}},
		{"another kind", []byte("<html>not found"), []string{"0x3c68746d", "another kind of file"}},
		{"unknown type", []byte{0, 0, 7, 1, 0, 0, 0, 0}, []string{"magic number"}},
		{"huge", huge, []string{"more numbers than any file holds"}},
		{"cut gzip", packed(good)[:20], []string{"gzip stream ends early"}},
	} {
		write(t, path, c.content)
		_, err := ReadIDX(path)
		wantError(t, c.what, err, append(c.says, "x-ubyte", "get the file again")...)
	}
}

func TestIDXImages(t *testing.T) {
	dir := t.TempDir()
	images, labels := filepath.Join(dir, "images"), filepath.Join(dir, "labels.gz")
	write(t, images, idxOf(t, 0x08, []int{2, 2, 3}, []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}))
	write(t, labels, packed(idxOf(t, 0x0c, []int{2}, []int32{700, 3})))
	m, err := IDXImages("mine", images, labels)
	if err != nil || m.Len() != 2 || m.H != 2 || m.W != 3 || m.C != 1 || !slices.Equal(m.Labels, []int{700, 3}) || m.Digest == "" {
		t.Fatal(m, err)
	}
	turned, err := IDXImages("mine", images, "", Transposed())
	if err != nil || turned.H != 3 || turned.W != 2 || turned.Labels != nil || !slices.Equal(turned.Image(1), []uint8{7, 10, 8, 11, 9, 12}) {
		t.Fatal(turned, err)
	}
	write(t, images, idxOf(t, 0x08, []int{1, 1, 2, 3}, []uint8{1, 2, 3, 4, 5, 6})) // in colour
	if m, err := IDXImages("mine", images, ""); err != nil || m.C != 3 || m.W != 2 {
		t.Error(m, err)
	}
	_, err = IDXImages("mine", images, labels)
	wantError(t, "another number of labels", err, "mine", "2 labels for 1 pictures")
	write(t, images, idxOf(t, 0x0d, []int{1, 1, 2}, []float32{1, 2}))
	_, err = IDXImages("mine", images, "")
	wantError(t, "floats", err, "mine", "[]float32", "pictures are bytes")
	write(t, images, idxOf(t, 0x08, []int{4}, []uint8{1, 2, 3, 4}))
	_, err = IDXImages("mine", images, "")
	wantError(t, "a row", err, "mine", "[4]", "[N, H, W]")
}

// putIDXSet writes the four files of a set of MNIST's form and returns a picture of each part.
func putIDXSet(t *testing.T, dir string, set idxSet, n int, firstLabel uint8) {
	t.Helper()
	for i, f := range set.files {
		count := f.shape[0]
		if count == 0 {
			count = n
		}
		values := make([]uint8, count)
		if i%2 == 0 {
			values = make([]uint8, count*28*28)
			values[5] = 200 // row 0, column 5 of the first
		}
		for j := range values {
			if i%2 == 1 {
				values[j] = firstLabel + uint8(j%10)
			}
		}
		write(t, filepath.Join(dir, f.name+".gz"), packed(idxOf(t, 0x08, append([]int{count}, f.shape[1:]...), values)))
	}
}

func TestFashionMNISTAndKMNIST(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	putIDXSet(t, filepath.Join(dir, "FashionMNIST", "raw"), fashionMNIST, 0, 0) // where torchvision keeps them
	putIDXSet(t, dir+"/k", kmnist, 0, 0)
	train, test, err := FashionMNIST(From(dir))
	if err != nil || train.Name != "fashion-mnist-train" || train.Len() != 60000 || test.Len() != 10000 || train.Classes[9] != "ankle boot" || train.Image(0)[5] != 200 {
		t.Fatal(train, test, err)
	}
	train, _, err = KMNIST(From(dir + "/k"))
	if err != nil || train.Name != "kmnist-train" || train.Classes[train.Labels[1]] != "ki" {
		t.Fatal(train, err)
	}
	_, _, err = MNIST(From(dir + "/k"))
	wantError(t, "a cousin as MNIST", err, "train-images-idx3-ubyte.gz", "another set of the same form", "FashionMNIST")
	_, _, err = KMNIST(From(gomnistDir()))
	wantError(t, "MNIST as a cousin", err, "is MNIST's train-images-idx3-ubyte, not the", "KMNIST")
	_, _, err = FashionMNIST(Offline())
	wantError(t, "nowhere", err, "Fashion-MNIST", "train-images-idx3-ubyte.gz", "downloads are off")
	if !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
}

func TestEMNIST(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	set := idxSet{}
	for i, part := range []string{"train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"} {
		set.files[i] = idxFile{name: "emnist-letters-" + part + "-ubyte", shape: []int{0, 28, 28}[:3-2*(i%2)]}
	}
	putIDXSet(t, filepath.Join(dir, "gzip"), set, 20, 1) // as NIST's gzip.zip unpacks
	train, test, err := EMNIST("letters", From(dir))
	if err != nil || train.Name != "emnist-letters-train" || test.Len() != 20 {
		t.Fatal(train, test, err)
	}
	if train.Image(0)[5] != 0 || train.Image(0)[5*28] != 200 {
		t.Error("the pictures are not turned upright")
	}
	if train.Labels[0] != 0 || train.Classes[train.Labels[1]] != "b" || len(train.Classes) != 26 {
		t.Errorf("labels %v of %v", train.Labels[:3], train.Classes)
	}
	putIDXSet(t, dir, set, 20, 0) // label 0 is no letter
	_, _, err = EMNIST("letters", From(dir))
	wantError(t, "no letter", err, "picture 0 has the label 0", "26")
	_, _, err = EMNIST("balanced", From(dir))
	wantError(t, "another division", err, "emnist-balanced-train-images-idx3-ubyte", "nist.gov")
	_, _, err = EMNIST("letter")
	wantError(t, "no division", err, `"letter"`, "byclass", "letters")
	for division, classes := range map[string]int{"byclass": 62, "bymerge": 47, "balanced": 47, "letters": 26, "digits": 10, "mnist": 10} {
		if len(emnistClasses[division]) != classes {
			t.Errorf("%s has %d classes", division, len(emnistClasses[division]))
		}
	}
}

// MNIST's test pictures under the training pictures' name: said as what it is, not as a truncated file.
func TestTheWrongFileUnderTheRightName(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := unpackMNIST(t)
	content, err := readMaybeGzip(filepath.Join(gomnistDir(), "t10k-images-idx3-ubyte.gz"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "train-images-idx3-ubyte"), content)
	_, _, err = MNIST(From(dir))
	wantError(t, "test as training pictures", err, "declares 10000 pictures", "train-images-idx3-ubyte of MNIST has 60000", "another file under that name")
	labels, _ := readMaybeGzip(filepath.Join(gomnistDir(), "train-labels-idx1-ubyte.gz"))
	write(t, filepath.Join(dir, "train-images-idx3-ubyte"), labels)
	_, _, err = MNIST(From(dir))
	wantError(t, "labels as pictures", err, "declares [60000]", "3 dimensions")
}
