package data

import (
	"slices"
	"testing"
)

func TestSourceGoesOnFromItsPositions(t *testing.T) {
	m := numbered(t, 20)
	plain, _ := m.Batches(6, 9)
	walk, _ := m.Batches(6, 9)
	source := walk.Source()
	var position []byte
	for range 5 {
		want := plain.Next()
		x, labels, at, err := source.Next()
		if err != nil || !slices.Equal(x, want.X) || !slices.Equal(labels, want.Labels) {
			t.Fatalf("the source's batch differs from the walk's: %v", err)
		}
		position = at
	}
	other, _ := m.Batches(6, 0)
	resumed := other.Source()
	if err := resumed.Seek(position); err != nil {
		t.Fatal(err)
	}
	if x, _, _, _ := resumed.Next(); !slices.Equal(x, plain.Next().X) {
		t.Error("the resumed source differs")
	}
	more, _ := numbered(t, 21).Batches(6, 9)
	wantError(t, "another set's, of this format", more.Source().Seek(position), "numbered", "other data")
	wantError(t, "no JSON", resumed.Seek([]byte("page 5")), "page 5")
	wantError(t, "another set's", resumed.Seek([]byte(`{"seed":1,"epoch":0,"index":21}`)), "numbered", "20 items")
	if x, _, _, _ := resumed.Next(); !slices.Equal(x, plain.Next().X) {
		t.Error("a refused position moved the source")
	}
}
