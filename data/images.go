package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"slices"
)

// Images is a set of pictures of one size, held as bytes. Where they came through a cache they lie in a memory-mapped
// file: they need no memory of their own, and must not be written to.
type Images struct {
	Name    string   // for example "mnist-train"
	H, W, C int      // height, width, channels (1 grey, 3 red-green-blue)
	Pixels  []uint8  // [N, H, W, C], 0…255
	Labels  []int    // [N], or nil where the set has none
	Classes []string // what the labels stand for, where that has names
	Digest  string   // sha256 (hex) of pixels, labels and sizes: the same pictures in the same order, the same digest
	Skipped []string // files left out, each with the reason; nil where none was
}

// NewImages checks that the slices fit the sizes and computes the digest. labels may be nil.
func NewImages(name string, h, w, c int, pixels []uint8, labels []int) (*Images, error) {
	if h <= 0 || w <= 0 || c <= 0 {
		return nil, fmt.Errorf("data: %s: a picture of %d×%d×%d has no pixels", name, h, w, c)
	}
	if h > math.MaxInt/w || h*w > math.MaxInt/c || len(pixels) == 0 || len(pixels)%(h*w*c) != 0 {
		return nil, fmt.Errorf("data: %s: %d bytes are not a whole number of %d×%d×%d pictures", name, len(pixels), h, w, c)
	}
	m := &Images{Name: name, H: h, W: w, C: c, Pixels: pixels, Labels: labels}
	if labels != nil && len(labels) != m.Len() {
		return nil, fmt.Errorf("data: %s: %d labels for %d pictures", name, len(labels), m.Len())
	}
	m.Digest = m.digest()
	return m, nil
}

// Len is the number of pictures.
func (m *Images) Len() int {
	if m.Size() == 0 {
		return 0
	}
	return len(m.Pixels) / m.Size()
}

// Size is the number of values in one picture, H·W·C.
func (m *Images) Size() int { return m.H * m.W * m.C }

// Image is picture i's own bytes [H, W, C], not a copy. Like a slice index, i must be in 0…Len()−1.
func (m *Images) Image(i int) []uint8 {
	return m.Pixels[i*m.Size() : (i+1)*m.Size() : (i+1)*m.Size()]
}

// Float32 copies pictures from…to−1, in order, as pixel values 0…255 with shape [to−from, H, W, C] into dst, which
// grows where it is too small, and returns it: what evaluation walks through. Bounds beyond the set are drawn in.
func (m *Images) Float32(dst []float32, from, to int) []float32 {
	from, to = max(from, 0), min(to, m.Len())
	if from >= to {
		return dst[:0]
	}
	src := m.Pixels[from*m.Size() : to*m.Size()]
	dst = sized(dst, len(src))
	for i, p := range src {
		dst[i] = float32(p)
	}
	return dst
}

// Subset is pictures from…to−1 as a set of its own, sharing the bytes. It fails where the bounds do not fit.
func (m *Images) Subset(from, to int) (*Images, error) {
	if from < 0 || to > m.Len() || from >= to {
		return nil, fmt.Errorf("data: %s has %d pictures: no subset %d…%d", m.Name, m.Len(), from, to)
	}
	s := *m
	s.Name = fmt.Sprintf("%s[%d:%d]", m.Name, from, to)
	s.Pixels = m.Pixels[from*m.Size() : to*m.Size() : to*m.Size()]
	if m.Labels != nil {
		s.Labels = m.Labels[from:to:to]
	}
	s.Digest = s.digest()
	return &s, nil
}

// Split draws test pictures at random for a set of their own and leaves the rest to train on; the same seed draws the
// same. Both are copies in memory, in the order they had. For sets that come without a division, such as
// [ImageFolder]'s, which lie class by class.
func (m *Images) Split(test int, seed uint64) (trainSet, testSet *Images, err error) {
	if m.Len() < 2 {
		return nil, nil, fmt.Errorf("data: %s has %d pictures: at least 2 are needed to set some apart for testing", m.Name, m.Len())
	}
	if test < 1 || test >= m.Len() {
		return nil, nil, fmt.Errorf("data: %s has %d pictures: %d cannot be set apart for testing: choose 1…%d", m.Name, m.Len(), test, m.Len()-1)
	}
	order := splitOrder(m.Len(), test, seed)
	if trainSet, err = m.pick(m.Name+"-train", order[test:]); err != nil {
		return nil, nil, err
	}
	testSet, err = m.pick(m.Name+"-test", order[:test])
	return trainSet, testSet, err
}

// splitOrder is 0…n−1 with test of them, drawn at random, first; both parts are sorted.
func splitOrder(n, test int, seed uint64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	newRandom(seed, 0).shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	slices.Sort(order[:test])
	slices.Sort(order[test:])
	return order
}

// pick copies the pictures of the indices.
func (m *Images) pick(name string, indices []int) (*Images, error) {
	pixels := make([]uint8, 0, len(indices)*m.Size())
	var labels []int
	for _, i := range indices {
		pixels = append(pixels, m.Image(i)...)
		if m.Labels != nil {
			labels = append(labels, m.Labels[i])
		}
	}
	p, err := NewImages(name, m.H, m.W, m.C, pixels, labels)
	if err == nil {
		p.Classes = m.Classes
	}
	return p, err
}

// Batches starts an endless shuffled walk in batches of the size given; the same seed gives the same walk. It fails
// where the set is smaller than one batch.
func (m *Images) Batches(size int, seed uint64) (*Batches, error) { return newBatches(m, size, seed) }

// Verify reads every byte and fails where the pictures are no longer those of Digest, as when a cache's disk is failing.
func (m *Images) Verify() error {
	if got := m.digest(); got != m.Digest {
		return fmt.Errorf("data: %s now has sha256 %s where %s was recorded: delete %s and load it again", m.Name, got, m.Digest, cacheDir())
	}
	return nil
}

// String names the set and its size, as a caption does, and says what was left out.
func (m *Images) String() string {
	return fmt.Sprintf("%s: %d pictures of %d×%d×%d, sha256 %.12s", m.Name, m.Len(), m.H, m.W, m.C, m.Digest) + leftOut(m.Skipped)
}

func (m *Images) title() string { return m.Name }
func (m *Images) sum() string   { return m.Digest }
func (m *Images) labels() []int { return m.Labels }

func (m *Images) copyTo(dst []float32, i int, mirror bool) {
	src := m.Image(i)
	if !mirror {
		for j, p := range src {
			dst[j] = float32(p)
		}
		return
	}
	for row := 0; row < len(src); row += m.W * m.C {
		for x := range m.W {
			for c := range m.C {
				dst[row+x*m.C+c] = float32(src[row+(m.W-1-x)*m.C+c])
			}
		}
	}
}

func (m *Images) digest() string {
	h := sha256.New()
	h.Write(m.Pixels)
	return m.endDigest(h, m.Len())
}

// endDigest completes a digest whose hash has had the pixels of n pictures. Sizes come last because a set that is
// being decoded does not know its length before.
func (m *Images) endDigest(h hash.Hash, n int) string {
	h.Write(packLabels(m.Labels))
	fmt.Fprintf(h, "flowbook images %d %d %d %d %d", n, m.H, m.W, m.C, len(m.Labels))
	return hex.EncodeToString(h.Sum(nil))
}

// sized is s with length n, reallocated only where its capacity is too small.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
