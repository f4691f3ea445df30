package spool

import (
	"encoding/binary"
	"hash/crc32"
	"os"
)

// Read reads the records of a spool file; a torn last one was never acknowledged and is passed over. Where bytes in between are
// damaged, it goes on at the next whole record and says that the file is not whole.
func Read(path string) (all []Record, whole bool, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, false, err
	}
	whole = true
	for at := 0; at < len(b); {
		if r, size, ok := frameAt(b[at:]); ok {
			all = append(all, r)
			at += size
			continue
		}
		next := at + 1
		for ; next < len(b); next++ {
			if _, _, ok := frameAt(b[next:]); ok {
				break
			}
		}
		if next < len(b) || !torn(b[at:]) {
			whole = false
		}
		at = next
	}
	return all, whole, nil
}

// frameAt reads the record that begins at b, if one does.
func frameAt(b []byte) (r Record, size int, ok bool) {
	if len(b) < header {
		return r, 0, false
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || uint64(n) > uint64(len(b)-header) {
		return r, 0, false
	}
	payload := b[header : header+n]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return r, 0, false
	}
	r, err := parseRecord(payload)
	return r, header + int(n), err == nil
}

// longest is what the header of a torn record may say that it has. One that says more is damage.
const longest = 16 << 20

// torn tells whether the end of a file is a record that was still being written: it stops short, or its header, or all of it, was never
// written.
func torn(b []byte) bool {
	if len(b) < header || binary.LittleEndian.Uint64(b) == 0 {
		return true
	}
	n := uint64(binary.LittleEndian.Uint32(b))
	return n > uint64(len(b)-header) && n <= longest
}
