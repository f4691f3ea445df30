package experiment

import (
	"testing"

	"flowbook/notebooks/profiles"
	"flowbook/realnvp"
)

// What a cell that draws 64 digits waits for when it is run again: its graph, and the compiled program from the cache; with
// FLOWBOOK_XLA_CACHE=off, each time a new compilation.
func BenchmarkFirst64Digits(b *testing.B) {
	for b.Loop() {
		draw64(b, quickDigits(b))
	}
}

// What remains once the program is there.
func BenchmarkNext64Digits(b *testing.B) {
	model := quickDigits(b)
	draw64(b, model)
	for b.Loop() {
		draw64(b, model)
	}
}

// quickDigits is notebook 03's flow before training: its weights do not matter to the time.
func quickDigits(b *testing.B) *realnvp.Model {
	model, err := MNIST(profiles.Quick).New()
	if err != nil {
		b.Fatal(err)
	}
	return model
}

func draw64(b *testing.B, model *realnvp.Model) {
	if _, err := model.Sample(b.Context(), 64, realnvp.SampleConfig{Seed: 1}); err != nil {
		b.Fatal(err)
	}
}
