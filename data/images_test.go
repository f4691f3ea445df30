package data

import (
	"slices"
	"testing"
)

func TestDigestIsOfTheContent(t *testing.T) {
	m := numbered(t, 10)
	same, _ := NewImages("another name", 2, 3, 2, slices.Clone(m.Pixels), slices.Clone(m.Labels))
	if same.Digest != m.Digest {
		t.Error("the same pictures have another digest")
	}
	turned, _ := NewImages("turned", 3, 2, 2, m.Pixels, m.Labels)
	bare, _ := NewImages("bare", 2, 3, 2, m.Pixels, nil)
	changed, _ := NewImages("changed", 2, 3, 2, slices.Clone(m.Pixels), m.Labels)
	changed.Pixels[3]++
	wantError(t, "changed", changed.Verify(), "changed", "sha256")
	for _, other := range []*Images{turned, bare} {
		if other.Digest == m.Digest {
			t.Errorf("%v has the digest of %v", other, m)
		}
	}
}

func TestSubsetAndFloat32(t *testing.T) {
	m := numbered(t, 10)
	s, err := m.Subset(3, 7)
	if err != nil || s.Len() != 4 || s.Name != "numbered[3:7]" || !slices.Equal(s.Labels, []int{3, 4, 5, 6}) {
		t.Fatal(s, err)
	}
	if got := s.Float32(nil, 1, 3); len(got) != 24 || got[0] != 48 || got[23] != 71 {
		t.Errorf("%v", got)
	}
	if got := s.Float32(make([]float32, 100), -5, 99); len(got) != 48 {
		t.Errorf("bounds beyond the set give %d values", len(got))
	}
	if got := s.Float32(nil, 9, 3); len(got) != 0 {
		t.Errorf("no pictures give %d values", len(got))
	}
	for _, b := range [][2]int{{-1, 3}, {3, 3}, {5, 11}} {
		_, err := m.Subset(b[0], b[1])
		wantError(t, "bounds", err, "numbered has 10 pictures")
	}
}

func TestSplitSetsApart(t *testing.T) {
	m := numbered(t, 20)
	train, test, err := m.Split(6, 1)
	if err != nil || train.Len() != 14 || test.Len() != 6 || train.Name != "numbered-train" || test.Name != "numbered-test" {
		t.Fatal(train, test, err)
	}
	all := append(slices.Clone(train.Labels), test.Labels...)
	slices.Sort(all)
	if !slices.Equal(all, m.Labels) {
		t.Errorf("the parts hold %v", all)
	}
	for i, l := range test.Labels {
		if !slices.Equal(test.Image(i), m.Image(int(l))) {
			t.Errorf("test picture %d is not picture %d", i, l)
		}
	}
	if _, again, _ := m.Split(6, 1); again.Digest != test.Digest {
		t.Error("the same seed sets others apart")
	}
	if _, other, _ := m.Split(6, 2); other.Digest == test.Digest {
		t.Error("another seed sets the same apart")
	}
	for _, n := range []int{0, 20, -1} {
		_, _, err := m.Split(n, 1)
		wantError(t, "size", err, "numbered has 20 pictures")
	}
	one, err := m.Subset(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = one.Split(1, 1)
	wantError(t, "one picture", err, "at least 2 are needed")
}

func TestNewImagesBad(t *testing.T) {
	_, err := NewImages("x", 0, 1, 1, nil, nil)
	wantError(t, "no height", err, "x", "no pixels")
	_, err = NewImages("x", 2, 2, 1, make([]uint8, 7), nil)
	wantError(t, "half a picture", err, "7 bytes", "2×2×1")
	_, err = NewImages("x", 2, 2, 1, nil, nil)
	wantError(t, "nothing", err, "0 bytes")
	_, err = NewImages("x", 2, 2, 1, make([]uint8, 8), make([]int, 3))
	wantError(t, "labels", err, "3 labels for 2 pictures")
	_, err = NewImages("x", 1<<31, 1<<31, 4, []uint8{1}, nil) // sides whose product is 0 in 64 bits
	wantError(t, "more pixels than a number holds", err, "not a whole number")
}
