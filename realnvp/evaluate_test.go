package realnvp

import (
	"maps"
	"slices"
	"testing"
)

// TestFewSizesAreCompiled: what a notebook asks of 1 to 64 samples are four programs, each at most four times too large.
func TestFewSizesAreCompiled(t *testing.T) {
	sizes := map[int]bool{}
	for n := 1; n <= 64; n++ {
		size := roundUp(n)
		if size < n || size >= 4*n && n > 1 {
			t.Errorf("%d samples are computed as %d", n, size)
		}
		sizes[size] = true
	}
	if got := slices.Sorted(maps.Keys(sizes)); !slices.Equal(got, []int{1, 4, 16, 64}) {
		t.Errorf("the sizes are %v", got)
	}
}
