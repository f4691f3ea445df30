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

const cifarRemedy = "fetch it again, or name no folder and flowbook downloads the set"

// cifarPlanes is the bytes of a picture in a record: the red, green and blue planes, each 32×32 row by row. The labels,
// a byte each, come before.
const cifarPlanes = 3 * 32 * 32

// cifarSet is what the files of a CIFAR-10 or CIFAR-100 must be. The digests are of the binary form; a python batch is
// put into that form and has to have the same.
type cifarSet struct {
	name, title string
	variable    string   // the environment variable that names its folder
	labels      []string // what the labels of a record are called in the python batches
	label       int      // which of them is the picture's
	classes     []string
	batches     []cifarFile // the last is the test batch
	folders     [2]string   // of the binary and the python batches in the archives
	subsets     []cifarFile // train.bin and test.bin: the head of each original batch
	archives    []remote    // the first is the one to download
	other       string      // what the other CIFAR is called, and its function
}

type cifarFile struct {
	name    string // of the python batch; the binary one has .bin
	records int    // how many there are; 0 is any number
	sha256  string
}

// record is the bytes of one record.
func (set cifarSet) record() int { return len(set.labels) + cifarPlanes }

// cifar loads a CIFAR-10 or CIFAR-100.
func (o *options) cifar(set cifarSet) (train, test *Images, err error) {
	path := o.dir
	if path == "" {
		path = os.Getenv(set.variable)
	}
	if path == "" {
		path = home.Path("data", set.name)
		if _, err := set.find(path); errors.Is(err, ErrMissing) {
			archive := set.archives[0]
			if err := o.download(archive, filepath.Join(path, archive.name)); err != nil {
				return nil, nil, fmt.Errorf("data: %s: %w: %w; or name a folder that holds it with From or %s", set.title, ErrMissing, err, set.variable)
			}
		}
	}
	found, err := set.find(path)
	if err != nil {
		return nil, nil, err
	}
	cache := found.name
	if set.label != len(set.labels)-1 { // a coarse label
		cache += "-" + set.labels[set.label]
	}
	return o.cachedPair(cache, found.paths, func() (train, test *Images, err error) {
		batches, err := found.read()
		if err != nil {
			return nil, nil, err
		}
		last := len(batches) - 1
		if train, err = set.fromRecords(found.name+"-train", batches[:last]); err != nil {
			return nil, nil, err
		}
		test, err = set.fromRecords(found.name+"-test", batches[last:])
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
		return cifarFound{}, fmt.Errorf("data: %s: %w: %s does not exist: name a folder that holds %s, or none and flowbook downloads it", set.title, ErrMissing, path, set.title)
	}
	if info.Mode().IsRegular() {
		return cifarFound{set.name, []string{path}, func() ([][]byte, error) { return set.readArchive(path) }}, nil
	}
	for _, dir := range []string{path, filepath.Join(path, set.folders[0]), filepath.Join(path, set.folders[1])} {
		for _, ext := range []string{".bin", ""} {
			paths, missing := set.batchPaths(dir, ext)
			if len(paths) > 0 && missing != "" {
				return cifarFound{}, fmt.Errorf("data: %s has %s but not %s: %s", dir, filepath.Base(paths[0]), missing, cifarRemedy)
			}
			if len(paths) > 0 {
				return cifarFound{set.name, paths, func() ([][]byte, error) { return set.readBatches(paths) }}, nil
			}
		}
	}
	subset := []string{filepath.Join(path, "train.bin"), filepath.Join(path, "test.bin")}
	if set.subsets != nil && isFile(subset[0]) && isFile(subset[1]) {
		return cifarFound{set.name + "-subset", subset, func() ([][]byte, error) { return set.readSubset(subset) }}, nil
	}
	for _, a := range set.archives {
		if p := filepath.Join(path, a.name); isFile(p) {
			return cifarFound{set.name, []string{p}, func() ([][]byte, error) { return set.readArchive(p) }}, nil
		}
	}
	return cifarFound{}, fmt.Errorf("data: %s: %w: no file of it in %s: put %s.bin … %s.bin, the python batches, %s or %s there, or name no folder and flowbook downloads it",
		set.title, ErrMissing, path, set.batches[0].name, set.batches[len(set.batches)-1].name, set.archives[0].name, set.archives[1].name)
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
func (set cifarSet) check(b cifarFile, where string, records []byte) error {
	if err := set.checkLength(b, where, len(records)); err != nil {
		return err
	}
	if sum := sha256.Sum256(records); hex.EncodeToString(sum[:]) != b.sha256 {
		return fmt.Errorf("data: %s: its records have sha256 %x, the official ones %s: it is damaged; %s", where, sum, b.sha256, cifarRemedy)
	}
	return nil
}

// checkLength tells a file of the other CIFAR, whose records are a label longer or shorter, from one that is cut.
func (set cifarSet) checkLength(b cifarFile, where string, n int) error {
	whole := n > 0 && n%set.record() == 0
	if other := 2*cifarPlanes + 3 - set.record(); !whole && n > 0 && n%other == 0 {
		return fmt.Errorf("data: %s has %d records of %d bytes, not of the %d of %s: this is %s", where, n/other, other, set.record(), set.title, set.other)
	}
	if b.records > 0 && n != b.records*set.record() {
		return fmt.Errorf("data: %s has %d bytes of records, not %d (%d of %d): it is truncated or another file; %s",
			where, n, b.records*set.record(), b.records, set.record(), cifarRemedy)
	}
	if !whole {
		return fmt.Errorf("data: %s has %d bytes, not a whole number of records of %d: it is truncated; fetch it again", where, n, set.record())
	}
	return nil
}

// fromRecords turns binary records, planes and all, into pictures.
func (set cifarSet) fromRecords(name string, batches [][]byte) (*Images, error) {
	var pixels []uint8
	var labels []int
	for _, records := range batches {
		for ; len(records) >= set.record(); records = records[set.record():] {
			label := int(records[set.label])
			if label >= len(set.classes) {
				return nil, fmt.Errorf("data: %s: picture %d has label %d, beyond the 0…%d of %s; %s", name, len(labels), label, len(set.classes)-1, set.title, cifarRemedy)
			}
			labels = append(labels, label)
			planes := records[len(set.labels):]
			for i := range 32 * 32 {
				pixels = append(pixels, planes[i], planes[1024+i], planes[2048+i])
			}
		}
	}
	m, err := NewImages(name, 32, 32, 3, pixels, labels)
	if err == nil {
		m.Classes = set.classes
	}
	return m, err
}
