package data

import "encoding/binary"

// packLabels is labels as bytes, for a cache and a digest: one a label where all are in 0…255, else eight (little
// endian).
func packLabels(labels []int) []byte {
	packed := make([]byte, 0, len(labels))
	for _, l := range labels {
		if l < 0 || l > 255 {
			packed = packed[:0]
			for _, l := range labels {
				packed = binary.LittleEndian.AppendUint64(packed, uint64(l))
			}
			return packed
		}
		packed = append(packed, byte(l))
	}
	return packed
}

// unpackLabels undoes packLabels of n labels.
func unpackLabels(packed []byte, n int) []int {
	labels := make([]int, n)
	for i := range labels {
		if len(packed) == n {
			labels[i] = int(packed[i])
		} else {
			labels[i] = int(int64(binary.LittleEndian.Uint64(packed[8*i:])))
		}
	}
	return labels
}
