package data

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
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

// How long a training step of 20 ms waits for its batch of 64 CelebA-sized pictures, with and without prefetching.
func BenchmarkWaitForBatch(b *testing.B) {
	b.Setenv("FLOWBOOK_HOME", b.TempDir())
	faces, err := ProceduralFaces(1, 512)
	if err != nil {
		b.Fatal(err)
	}
	for _, depth := range []int{0, 2} {
		b.Run(fmt.Sprintf("depth=%d", depth), func(b *testing.B) {
			walk, err := faces.Batches(64, 1)
			if err != nil {
				b.Fatal(err)
			}
			next := walk.Flip().Next
			if depth > 0 {
				p := walk.Prefetch(depth)
				defer p.Close()
				next = p.Next
			}
			var waited time.Duration
			for b.Loop() {
				start := time.Now()
				next()
				waited += time.Since(start)
				time.Sleep(20 * time.Millisecond)
			}
			b.ReportMetric(float64(waited.Microseconds())/float64(b.N), "wait-µs/step")
		})
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
