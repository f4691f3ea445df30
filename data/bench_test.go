package data

import "testing"

func BenchmarkMNISTWarm(b *testing.B) {
	b.Setenv("FLOWBOOK_HOME", b.TempDir())
	if _, _, err := MNIST(Offline()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := MNIST(Offline()); err != nil {
			b.Fatal(err)
		}
	}
}
func BenchmarkProceduralFace(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		newFace(newRandom(1, uint64(i))).draw()
	}
}
