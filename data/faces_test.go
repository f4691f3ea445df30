package data

import (
	"runtime"
	"slices"
	"testing"
)

func TestProceduralFaces(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	m, err := ProceduralFaces(1, 40)
	if err != nil {
		t.Fatal(err)
	}
	if m.Len() != 40 || m.H != 64 || m.W != 64 || m.C != 3 || m.Name != "procedural-faces-1" || len(m.Skipped) != 0 {
		t.Errorf("%v", m)
	}
	few, _ := ProceduralFaces(1, 3)
	if !slices.Equal(few.Pixels, m.Pixels[:len(few.Pixels)]) {
		t.Error("the first faces depend on how many there are")
	}
	other, _ := ProceduralFaces(2, 3)
	if other.Digest == few.Digest {
		t.Error("another seed draws the same faces")
	}
	// No two alike, and none flat.
	for i := range 40 {
		if slices.Max(m.Image(i))-slices.Min(m.Image(i)) < 100 {
			t.Errorf("face %d has little contrast", i)
		}
		for j := range i {
			if slices.Equal(m.Image(i), m.Image(j)) {
				t.Errorf("faces %d and %d are the same", i, j)
			}
		}
	}
	// The faces are part of recorded runs: who changes them changes facesVersion, and then this digest. Other processors
	// may round otherwise.
	if want := "8956875b8b5ff5e5cae4d154804aa7e244d4d42e610232fa0ee9da6826572935"; runtime.GOARCH == "amd64" && few.Digest != want {
		t.Errorf("the faces of version %s have digest %s, want %s", facesVersion, few.Digest, want)
	}
	_, err = ProceduralFaces(1, 0)
	wantError(t, "no faces", err, "0 procedural faces")
}
