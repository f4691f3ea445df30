package data

import (
	"path/filepath"
	"testing"
)

// A notebook cell's load after the first.
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

// One aligned picture of CelebA, from JPEG to 64×64×3, on one core.
func BenchmarkCelebAPicture(b *testing.B) {
	picture := jpg(b, ramp(218, 178))
	path := filepath.Join(b.TempDir(), "1.jpg")
	write(b, path, picture)
	open := openFile(path)
	b.SetBytes(int64(len(picture)))
	for b.Loop() {
		if _, err := decode(open, celebaShape); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDensity(b *testing.B) {
	for _, toy := range Toys() {
		b.Run(toy.Name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				toy.LogDensity(float64(i%100)/50-1, float64(i/100%100)/50-1)
			}
		})
	}
}
