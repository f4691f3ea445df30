package data

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
)

// readBatches reads unpacked batches, binary or python as their names say.
func (set cifarSet) readBatches(paths []string) ([][]byte, error) {
	batches := make([][]byte, len(paths))
	for i, p := range paths {
		content, err := os.ReadFile(p)
		if err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
		if batches[i], err = set.records(p, content, i); err != nil {
			return nil, err
		}
	}
	return batches, nil
}

// readSubset reads train.bin and test.bin: the known subset, or the whole set's batches one after another.
func (set cifarSet) readSubset(paths []string) ([][]byte, error) {
	batches := make([][]byte, 2)
	for i, p := range paths {
		var err error
		if batches[i], err = os.ReadFile(p); err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
		if err := set.check(set.subsets[i], p, batches[i]); err != nil {
			return nil, err
		}
	}
	return batches, nil
}

// readArchive reads the batches out of a .tar.gz or .tar, binary or python.
func (set cifarSet) readArchive(name string) ([][]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	damaged := func(err error) error {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return fmt.Errorf("data: the archive %s is truncated; %s", name, cifarRemedy)
		}
		return fmt.Errorf("data: the archive %s is damaged or of another kind (%v); %s", name, err, cifarRemedy)
	}
	in := bufio.NewReader(f)
	if start, _ := in.Peek(262); !bytes.HasSuffix(start, []byte("ustar")) { // a plain .tar, which some browsers make of a .tar.gz
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, damaged(err)
		}
		in = bufio.NewReader(z)
	}
	batches := make([][]byte, len(set.batches))
	entries := tar.NewReader(in)
	for {
		entry, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, damaged(err)
		}
		for i, b := range set.batches {
			if base := path.Base(entry.Name); base != b.name && base != b.name+".bin" {
				continue
			}
			content, err := io.ReadAll(entries)
			if err != nil {
				return nil, damaged(err)
			}
			if batches[i], err = set.records(name+": "+entry.Name, content, i); err != nil {
				return nil, err
			}
		}
	}
	for i, b := range set.batches {
		if batches[i] == nil {
			return nil, fmt.Errorf("data: the archive %s has no %s: it is truncated or another archive (%s?); %s", name, b.name, set.other, cifarRemedy)
		}
	}
	return batches, nil
}

// records is batch i in binary form, checked. where names the file, and its ending tells the form.
func (set cifarSet) records(where string, content []byte, i int) ([]byte, error) {
	if filepath.Ext(where) != ".bin" {
		var err error
		if content, err = set.unpickleBatch(content, set.batches[i].records); err != nil {
			return nil, fmt.Errorf("data: %s is no %s python batch: %w; %s", where, set.title, err, cifarRemedy)
		}
	}
	return content, set.check(set.batches[i], where, content)
}

// unpickleBatch turns a python batch of n pictures into binary records.
func (set cifarSet) unpickleBatch(content []byte, n int) ([]byte, error) {
	d, err := unpickle(content)
	if err != nil {
		return nil, err
	}
	array, ok := d["data"].(*ndarray)
	if !ok {
		return nil, errors.New("it has no data")
	}
	planes, err := array.rows(n, cifarPlanes)
	if err != nil {
		return nil, err
	}
	records := make([]byte, n*set.record())
	for i := range n {
		copy(records[i*set.record()+len(set.labels):], planes[i*cifarPlanes:(i+1)*cifarPlanes])
	}
	for k, name := range set.labels {
		labels, ok := d[name].(*list)
		if !ok {
			return nil, fmt.Errorf("it has no %s: is it %s?", name, set.other)
		}
		if len(labels.items) != n {
			return nil, fmt.Errorf("it has %d %s for %d pictures", len(labels.items), name, n)
		}
		for i, label := range labels.items {
			l, ok := label.(int)
			if !ok || l < 0 || l > 99 {
				return nil, fmt.Errorf("label %d of %s is %v", i, name, label)
			}
			records[i*set.record()+k] = byte(l)
		}
	}
	return records, nil
}
