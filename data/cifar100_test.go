package data

import (
	"archive/tar"
	"bytes"
	"path/filepath"
	"testing"
)

// smallCIFAR100 is a CIFAR-100 of 20 and 10 made pictures; a record's coarse label is a fifth of its fine one.
func smallCIFAR100(t *testing.T) (set cifarSet, records [2][]byte) {
	t.Helper()
	set = officialCIFAR100
	set.batches = nil
	r := newRandom(3, 4)
	for b, n := range []int{20, 10} {
		for i := range n {
			records[b] = append(records[b], byte(i/5), byte(i))
			for range cifarPlanes {
				records[b] = append(records[b], byte(r.below(256)))
			}
		}
		set.batches = append(set.batches, cifarFile{officialCIFAR100.batches[b].name, n, hexSum(records[b])})
	}
	return set, records
}

func TestCIFAR100(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	t.Setenv("FLOWBOOK_CIFAR100", "")
	set, records := smallCIFAR100(t)
	flat, packedIn := t.TempDir(), t.TempDir()
	write(t, filepath.Join(flat, "cifar-100-binary", "train.bin"), records[0])
	write(t, filepath.Join(flat, "cifar-100-binary", "test.bin"), records[1])
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, name := range []string{"train.bin", "test.bin"} {
		w.WriteHeader(&tar.Header{Name: "cifar-100-binary/" + name, Mode: 0o644, Size: int64(len(records[i]))})
		w.Write(records[i])
	}
	w.Close()
	write(t, filepath.Join(packedIn, "cifar-100-binary.tar.gz"), packed(b.Bytes()))
	for _, dir := range []string{flat, packedIn, packedIn} {
		train, test, err := gather([]Option{From(dir)}).cifar(set)
		if err != nil || train.Name != "cifar100-train" || train.Len() != 20 || test.Len() != 10 {
			t.Fatal(train, test, err)
		}
		if train.Labels[7] != 7 || train.Classes[7] != "beetle" || train.Image(7)[5*3+1] != records[0][7*3074+2+1024+5] {
			t.Errorf("picture 7: label %d, green %d", train.Labels[7], train.Image(7)[16])
		}
	}
	o := gather([]Option{From(flat), Superclasses()})
	train, _, err := o.cifar(o.labelled(set)) // not the cache of the fine ones
	if err != nil || train.Labels[7] != 1 || train.Classes[1] != "fish" {
		t.Error(train.Labels, err)
	}
}

// Each CIFAR's files are known as the other's by the length of their records.
func TestOneCIFARForTheOther(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	ten := smallCIFAR(t)
	_, hundred := smallCIFAR100(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train.bin"), hundred[0])
	write(t, filepath.Join(dir, "test.bin"), hundred[1])
	_, _, err := CIFAR10(From(dir))
	wantError(t, "CIFAR-100 as CIFAR-10", err, "train.bin", "20 records of 3074 bytes", "this is CIFAR-100, which CIFAR100 loads")
	write(t, filepath.Join(dir, "train.bin"), ten.records[0])
	_, _, err = CIFAR100(From(dir))
	wantError(t, "CIFAR-10 as CIFAR-100", err, "train.bin", "20 records of 3073 bytes", "this is CIFAR-10, which CIFAR10 loads")
	python := t.TempDir()
	write(t, filepath.Join(python, "train"), ten.python(0, false))
	write(t, filepath.Join(python, "test"), ten.python(5, false))
	set, _ := smallCIFAR100(t)
	_, _, err = gather([]Option{From(python)}).cifar(set)
	wantError(t, "python CIFAR-10 as CIFAR-100", err, "coarse_labels", "is it CIFAR-10")
	archive := filepath.Join(t.TempDir(), "mine.tar.gz")
	write(t, archive, ten.archive(t, "bin"))
	_, _, err = gather([]Option{From(archive)}).cifar(set)
	wantError(t, "the other's archive", err, "CIFAR-10, which CIFAR10 loads")
}
