package data

import (
	"encoding/json"
	"slices"
	"testing"
)

// numbered is n pictures of 2×3×2 whose every byte tells its picture and place.
func numbered(t testing.TB, n int) *Images {
	t.Helper()
	pixels, labels := make([]uint8, n*12), make([]int, n)
	for i := range n {
		labels[i] = i
		for j := range 12 {
			pixels[i*12+j] = uint8(i*12 + j)
		}
	}
	m, err := NewImages("numbered", 2, 3, 2, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEpochTakesEachPictureOnce(t *testing.T) {
	b, err := numbered(t, 20).Batches(5, 1)
	if err != nil {
		t.Fatal(err)
	}
	var first []int
	for epoch := range 3 {
		var seen []int
		for range b.PerEpoch() {
			seen = append(seen, b.Next().Indices...)
		}
		if epoch == 0 {
			first = slices.Clone(seen)
		} else if slices.Equal(first, seen) {
			t.Errorf("epoch %d has epoch 0's order", epoch)
		}
		slices.Sort(seen)
		for i, s := range seen {
			if i != s {
				t.Fatalf("epoch %d: sorted indices %v", epoch, seen)
			}
		}
	}
}

func TestBatchHoldsThePicturesItNames(t *testing.T) {
	m := numbered(t, 20)
	b, _ := m.Batches(7, 3)
	for range 5 {
		batch := b.Next()
		for k, i := range batch.Indices {
			if batch.Labels[k] != m.Labels[i] {
				t.Fatalf("label %d, want %d", batch.Labels[k], m.Labels[i])
			}
			for j, p := range m.Image(i) {
				if batch.X[k*12+j] != float32(p) {
					t.Fatalf("picture %d value %d is %v, want %v", i, j, batch.X[k*12+j], p)
				}
			}
		}
	}
}

func TestFlipMirrorsHalf(t *testing.T) {
	m := numbered(t, 20)
	b, _ := m.Batches(20, 5)
	b.Flip()
	want := make([]float32, 12)
	flipped := 0
	for range 50 {
		batch := b.Next()
		for k, i := range batch.Indices {
			got := batch.X[k*12 : (k+1)*12]
			if got[0] == float32(m.Image(i)[0]) {
				continue
			}
			flipped++
			for y := range 2 {
				for x := range 3 {
					for c := range 2 {
						want[(y*3+x)*2+c] = float32(m.Image(i)[(y*3+2-x)*2+c])
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("picture %d: %v, want the mirror %v", i, got, want)
			}
		}
	}
	if flipped < 430 || flipped > 570 { // 1000 coins, sd 16
		t.Errorf("%d of 1000 pictures flipped", flipped)
	}
}

func TestSeekGoesOnBitForBit(t *testing.T) {
	m := numbered(t, 20)
	for stop := range 9 { // past an epoch's end too: 20/6 leaves two over
		whole, _ := m.Batches(6, 42)
		whole.Flip()
		for range stop {
			whole.Next()
		}
		saved, err := json.Marshal(whole.Position())
		if err != nil {
			t.Fatal(err)
		}
		var p Position
		if err := json.Unmarshal(saved, &p); err != nil {
			t.Fatal(err)
		}
		resumed, _ := m.Batches(6, 0)
		resumed.Flip()
		if err := resumed.Seek(p); err != nil {
			t.Fatal(err)
		}
		for step := range 10 {
			a, b := whole.Next(), resumed.Next()
			if !slices.Equal(a.X, b.X) || !slices.Equal(a.Indices, b.Indices) || a.Next != b.Next {
				t.Fatalf("stopped after %d: batch %d differs", stop, step)
			}
		}
	}
}

// The order is part of every recorded run, so it must never change.
func TestOrderIsPinned(t *testing.T) {
	b, _ := numbered(t, 10).Batches(10, 7)
	if got, want := b.Next().Indices, []int{6, 4, 5, 3, 7, 0, 9, 1, 8, 2}; !slices.Equal(got, want) {
		t.Errorf("epoch 0 of seed 7: %v, want %v", got, want)
	}
}

func TestBadBatches(t *testing.T) {
	m := numbered(t, 5)
	for _, size := range []int{-1, 0, 6} {
		if _, err := m.Batches(size, 0); err == nil {
			t.Errorf("a batch of %d from 5 pictures", size)
		}
	}
	b, _ := m.Batches(2, 0)
	for _, p := range []Position{{Epoch: -1}, {Index: -1}, {Index: 6}} {
		if err := b.Seek(p); err == nil {
			t.Errorf("sought %+v", p)
		}
	}
}
