package data

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"flowbook/journal/home"
)

// CIFAR10Classes names CIFAR-10's labels 0…9.
var CIFAR10Classes = [10]string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// cifarRecord is the bytes of one record: the label, then the red, green and blue planes, each 32×32 row by row.
const cifarRecord = 1 + 3*32*32

// cifarSet is what the files of a CIFAR-10 must be. The digests are of the binary form; a python batch is put into that
// form and has to have the same.
type cifarSet struct {
	perBatch int // records in each
	batches  []cifarFile
	subsets  [2]cifarFile // train.bin and test.bin: the head of each original batch
	archives []remote     // the first is the one to download
}

type cifarFile struct {
	name   string // of the python batch; the binary one has .bin
	sha256 string
}

// officialCIFAR10 is the set of https://www.cs.toronto.edu/~kriz/cifar.html. The archives' digests are those that Keras
// (python) and TensorFlow Datasets (binary) check, the batches' those of the torchvision gem for Ruby.
var officialCIFAR10 = cifarSet{
	perBatch: 10000,
	batches: []cifarFile{
		{"data_batch_1", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
		{"data_batch_2", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
		{"data_batch_3", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
		{"data_batch_4", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
		{"data_batch_5", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
		{"test_batch", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
	},
	subsets: [2]cifarFile{
		{"train", "9350d8ad5e080874998a7bfd36d95b7a52ce8d8c676c0061f7b47361669d6585"},
		{"test", "c77ad46116beb3508f55d38aa34893560beae9515f9aca4a4dd0ea3617ac289e"},
	},
	archives: []remote{
		{"cifar-10-binary.tar.gz", []string{"https://www.cs.toronto.edu/~kriz"}, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"},
		{"cifar-10-python.tar.gz", []string{"https://www.cs.toronto.edu/~kriz"}, "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"},
	},
}

const cifarRemedy = "fetch it again, or name no folder and flowbook downloads the set"

// CIFAR10 is Krizhevsky's 60,000 colour pictures, 32×32×3 in ten classes ([CIFAR10Classes]): 50,000 to train on, 10,000
// to test on. They come from the folder or archive of [From]; else from the one that $FLOWBOOK_CIFAR10 names; else from
// [home.Dir]/data/cifar10; else the official binary archive is downloaded there (170 MB).
//
// A folder may hold the binary or the python batches, unpacked or as the official .tar.gz, or train.bin and test.bin,
// the subset of 5,085 and 1,017 real pictures, which is then named cifar10-subset. The sha256 of every batch is checked
// when it is first read; later calls map a cache. The error names the file and what to do.
func CIFAR10(opts ...Option) (train, test *Images, err error) {
	return gather(opts).cifar10(officialCIFAR10)
}

func (o *options) cifar10(set cifarSet) (train, test *Images, err error) {
	path := o.dir
	if path == "" {
		path = os.Getenv("FLOWBOOK_CIFAR10")
	}
	if path == "" {
		path = home.Path("data", "cifar10")
		if _, err := set.find(path); errors.Is(err, ErrMissing) {
			archive := set.archives[0]
			if err := o.download(archive, filepath.Join(path, archive.name)); err != nil {
				return nil, nil, fmt.Errorf("data: CIFAR-10: %w: %w; or name a folder that holds it with From or FLOWBOOK_CIFAR10", ErrMissing, err)
			}
		}
	}
	found, err := set.find(path)
	if err != nil {
		return nil, nil, err
	}
	return o.cachedPair(found.name, found.paths, func() (train, test *Images, err error) {
		batches, err := found.read()
		if err != nil {
			return nil, nil, err
		}
		last := len(batches) - 1
		if train, err = fromRecords(found.name+"-train", batches[:last]); err != nil {
			return nil, nil, err
		}
		test, err = fromRecords(found.name+"-test", batches[last:])
		return train, test, err
	})
}

// cifarFound is a form of the set that a folder holds.
type cifarFound struct {
	name  string
	paths []string
	read  func() (batches [][]byte, err error) // in binary form, the test batch last
}

// find looks for a form of the set at path. It fails with ErrMissing where there is none of the set's files at all.
func (set cifarSet) find(path string) (cifarFound, error) {
	info, err := os.Stat(path)
	if err != nil {
		return cifarFound{}, fmt.Errorf("data: CIFAR-10: %w: %s does not exist: name a folder that holds CIFAR-10, or none and flowbook downloads it", ErrMissing, path)
	}
	if info.Mode().IsRegular() {
		return cifarFound{"cifar10", []string{path}, func() ([][]byte, error) { return set.readArchive(path) }}, nil
	}
	for _, dir := range []string{path, filepath.Join(path, "cifar-10-batches-bin"), filepath.Join(path, "cifar-10-batches-py")} {
		for _, ext := range []string{".bin", ""} {
			paths, missing := set.batchPaths(dir, ext)
			if len(paths) > 0 && missing != "" {
				return cifarFound{}, fmt.Errorf("data: %s has %s but not %s: %s", dir, filepath.Base(paths[0]), missing, cifarRemedy)
			}
			if len(paths) > 0 {
				return cifarFound{"cifar10", paths, func() ([][]byte, error) { return set.readBatches(paths) }}, nil
			}
		}
	}
	subset := []string{filepath.Join(path, "train.bin"), filepath.Join(path, "test.bin")}
	if isFile(subset[0]) && isFile(subset[1]) {
		return cifarFound{"cifar10-subset", subset, func() ([][]byte, error) { return set.readSubset(subset) }}, nil
	}
	for _, a := range set.archives {
		if p := filepath.Join(path, a.name); isFile(p) {
			return cifarFound{"cifar10", []string{p}, func() ([][]byte, error) { return set.readArchive(p) }}, nil
		}
	}
	return cifarFound{}, fmt.Errorf("data: CIFAR-10: %w: no file of it in %s: put data_batch_1.bin … test_batch.bin, the python batches, %s or %s there, or name no folder and flowbook downloads it",
		ErrMissing, path, set.archives[0].name, set.archives[1].name)
}

// batchPaths is those of the batches that are in dir, and the first that isn't.
func (set cifarSet) batchPaths(dir, ext string) (paths []string, missing string) {
	for _, b := range set.batches {
		if p := filepath.Join(dir, b.name+ext); isFile(p) {
			paths = append(paths, p)
		} else if missing == "" {
			missing = b.name + ext
		}
	}
	return paths, missing
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// check demands that records, read from the place named, are the batch's.
func (b cifarFile) check(where string, records []byte, n int) error {
	if n > 0 && len(records) != n*cifarRecord {
		return fmt.Errorf("data: %s has %d bytes of records, not %d (%d of %d): it is truncated or another file; %s",
			where, len(records), n*cifarRecord, n, cifarRecord, cifarRemedy)
	}
	if sum := sha256.Sum256(records); hex.EncodeToString(sum[:]) != b.sha256 {
		return fmt.Errorf("data: %s: its records have sha256 %x, the official ones %s: it is damaged; %s", where, sum, b.sha256, cifarRemedy)
	}
	return nil
}

// fromRecords turns binary records, planes and all, into pictures.
func fromRecords(name string, batches [][]byte) (*Images, error) {
	var pixels, labels []uint8
	for _, records := range batches {
		for ; len(records) >= cifarRecord; records = records[cifarRecord:] {
			if records[0] > 9 {
				return nil, fmt.Errorf("data: %s: picture %d has label %d, beyond CIFAR-10's 0…9; %s", name, len(labels), records[0], cifarRemedy)
			}
			labels = append(labels, records[0])
			planes := records[1:cifarRecord]
			for i := range 32 * 32 {
				pixels = append(pixels, planes[i], planes[1024+i], planes[2048+i])
			}
		}
	}
	m, err := NewImages(name, 32, 32, 3, pixels, labels)
	if err == nil {
		m.Classes = CIFAR10Classes[:]
	}
	return m, err
}
