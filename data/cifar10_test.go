package data

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// small is a CIFAR-10 of six batches of 20 made pictures, in every form.
type small struct {
	set     cifarSet
	records [][]byte
}

func smallCIFAR(t *testing.T) small {
	t.Helper()
	s := small{set: officialCIFAR10}
	s.set.batches = nil
	r := newRandom(1, 2)
	for b, official := range officialCIFAR10.batches {
		records := make([]byte, 0, 20*(1+cifarPlanes))
		for i := range 20 {
			records = append(records, byte((b+i)%10))
			for range (1 + cifarPlanes) - 1 {
				records = append(records, byte(r.below(256)))
			}
		}
		s.records = append(s.records, records)
		s.set.batches = append(s.set.batches, cifarFile{official.name, 20, hexSum(records)})
	}
	train, test := bytes.Join([][]byte{s.records[0][:3*(1+cifarPlanes)], s.records[1][:3*(1+cifarPlanes)]}, nil), s.records[5][:(1+cifarPlanes)]
	s.set.subsets = []cifarFile{{"train", 0, hexSum(train)}, {"test", 0, hexSum(test)}}
	s.set.archives = []remote{
		{"cifar-10-binary.tar.gz", nil, hexSum(s.archive(t, "bin"))},
		{"cifar-10-python.tar.gz", nil, hexSum(s.archive(t, "py"))},
	}
	return s
}

// python is batch b as Python 2's cPickle wrote the official ones, protocol 2.
func (s small) python(b int, fortran bool) []byte {
	var p bytes.Buffer
	word := func(w string) { p.WriteString("U" + string(rune(len(w))) + w) }
	length := func(n int) { p.Write(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
	var labels, planes []byte
	for i := range 20 {
		labels = append(labels, s.records[b][i*(1+cifarPlanes)])
		planes = append(planes, s.records[b][i*(1+cifarPlanes)+1:(i+1)*(1+cifarPlanes)]...)
	}
	order := byte(0x89)
	if fortran {
		order = 0x88
		columns := make([]byte, len(planes))
		for i := range 20 {
			for j := range (1 + cifarPlanes) - 1 {
				columns[j*20+i] = planes[i*(cifarPlanes)+j]
			}
		}
		planes = columns
	}
	p.WriteString("\x80\x02}q\x01(")
	word("batch_label")
	p.WriteString("q\x02")
	word("training batch 1 of 5")
	p.WriteString("q\x03")
	word("labels")
	p.WriteString("q\x04]q\x05(")
	for _, l := range labels {
		p.Write([]byte{'K', l})
	}
	p.WriteString("e")
	word("data")
	p.WriteString("q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\x09(K\x01K\x14M\x00\x0c\x86cnumpy\ndtype\nq\x0aU\x02u1K\x00K\x01\x87Rq\x0b(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb")
	p.WriteByte(order)
	p.WriteString("T")
	length(len(planes))
	p.Write(planes)
	p.WriteString("tb")
	word("filenames")
	p.WriteString("q\x0c]q\x0d(")
	for i := range 20 {
		word(fmt.Sprintf("picture_s_%06d.png", i))
		p.Write([]byte{'q', byte(14 + i)})
	}
	p.WriteString("eu.")
	return p.Bytes()
}

// files are the batches under their names in the archive of that form.
func (s small) files(form string) (names []string, contents [][]byte) {
	for b, batch := range s.set.batches {
		if form == "bin" {
			names, contents = append(names, batch.name+".bin"), append(contents, s.records[b])
		} else {
			names, contents = append(names, batch.name), append(contents, s.python(b, b == 2))
		}
	}
	return names, contents
}

func (s small) archive(t *testing.T, form string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	names, contents := s.files(form)
	for i := range names {
		if err := w.WriteHeader(&tar.Header{Name: "cifar-10-batches-" + form + "/" + names[i], Mode: 0o644, Size: int64(len(contents[i]))}); err != nil {
			t.Fatal(err)
		}
		w.Write(contents[i])
	}
	w.Close()
	z.Close()
	return out.Bytes()
}

func (s small) load(opts ...Option) (train, test *Images, err error) {
	return gather(opts).cifar(s.set)
}

func TestCIFAR10InEveryForm(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	t.Setenv("FLOWBOOK_CIFAR10", "")
	s := smallCIFAR(t)
	root := t.TempDir()
	at := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	for _, form := range []string{"bin", "py"} {
		names, contents := s.files(form)
		for i := range names {
			write(t, at("flat-"+form, names[i]), contents[i])
			write(t, at("nested-"+form, "cifar-10-batches-"+form, names[i]), contents[i])
		}
	}
	write(t, at("gz-bin", "cifar-10-binary.tar.gz"), s.archive(t, "bin"))
	write(t, at("gz-py", "cifar-10-python.tar.gz"), s.archive(t, "py"))
	z, err := gzip.NewReader(bytes.NewReader(s.archive(t, "bin"))) // as a browser unpacks it, and keeps the name
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	write(t, at("tar-bin", "cifar-10-binary.tar.gz"), plain)

	var digest string
	for _, from := range []string{at("flat-bin"), at("nested-bin"), at("flat-py"), at("nested-py"), at("gz-bin"), at("gz-py"), at("tar-bin"),
		at("gz-py", "cifar-10-python.tar.gz"), at("gz-bin") /* again, from the cache */} {
		train, test, err := s.load(From(from))
		if err != nil {
			t.Errorf("%s: %v", from, err)
			continue
		}
		if train.Name != "cifar10-train" || test.Name != "cifar10-test" || train.Len() != 100 || test.Len() != 20 || train.Size() != 3072 {
			t.Errorf("%s: %v, %v", from, train, test)
		}
		if digest == "" {
			digest = train.Digest
		}
		if train.Digest != digest {
			t.Errorf("%s gives other pictures than %s", from, at("flat-bin"))
		}
		// Picture 7 of batch 3: label, and the three planes interleaved.
		record := s.records[2][7*(1+cifarPlanes):]
		if train.Labels[47] != int(record[0]) {
			t.Errorf("%s: label %d, want %d", from, train.Labels[47], record[0])
		}
		for c := range 3 {
			if got, want := train.Image(47)[(5*32+9)*3+c], record[1+c*1024+5*32+9]; got != want {
				t.Errorf("%s: row 5, column 9, channel %d is %d, want %d", from, c, got, want)
			}
		}
	}
}

func TestCIFAR10Downloads(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	t.Setenv("FLOWBOOK_CIFAR10", "")
	s := smallCIFAR(t)
	archive := s.archive(t, "bin")
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/cifar-10-binary.tar.gz" {
			http.NotFound(w, r)
			return
		}
		w.Write(archive)
	}))
	defer srv.Close()
	for range 2 {
		if train, _, err := s.load(Mirror(srv.URL)); err != nil || train.Len() != 100 {
			t.Fatal(train, err)
		}
	}
	if asked != 1 {
		t.Errorf("downloaded %d times", asked)
	}
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	_, _, err := s.load(Offline())
	wantError(t, "offline", err, "cifar-10-binary.tar.gz", "FLOWBOOK_CIFAR10")
}

func TestCIFAR10Subset(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	s := smallCIFAR(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train.bin"), bytes.Join([][]byte{s.records[0][:3*(1+cifarPlanes)], s.records[1][:3*(1+cifarPlanes)]}, nil))
	write(t, filepath.Join(dir, "test.bin"), s.records[5][:(1+cifarPlanes)])
	t.Setenv("FLOWBOOK_CIFAR10", dir)
	train, test, err := s.load()
	if err != nil || train.Name != "cifar10-subset-train" || test.Name != "cifar10-subset-test" || train.Len() != 6 || test.Len() != 1 {
		t.Error(train, test, err)
	}
	write(t, filepath.Join(dir, "test.bin"), s.records[5][:2*(1+cifarPlanes)])
	_, _, err = s.load()
	wantError(t, "another test.bin", err, "test.bin", "sha256")
	write(t, filepath.Join(dir, "test.bin"), s.records[5][:2*cifarPlanes])
	_, _, err = s.load()
	wantError(t, "cut test.bin", err, "test.bin", "truncated")
}

// The real subset, where this machine has it.
func TestCIFAR10RealSubset(t *testing.T) {
	const dir = "../../shared/data/cifar10-subset"
	if !isFile(filepath.Join(dir, "train.bin")) {
		t.Skip("no " + dir)
	}
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	train, test, err := CIFAR10(From(dir))
	if err != nil || train.Len() != 5085 || test.Len() != 1017 || train.Name != "cifar10-subset-train" {
		t.Fatal(train, test, err)
	}
	for i, want := range []int{6, 9, 9, 4, 1, 1, 2, 7, 8, 3} { // frog, truck, truck, deer, …: the head of data_batch_1
		if train.Labels[i] != want {
			t.Errorf("label %d is %s, want %s", i, CIFAR10Classes[train.Labels[i]], CIFAR10Classes[want])
		}
	}
}
