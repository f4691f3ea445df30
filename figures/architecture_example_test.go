package figures_test

import (
	"log"

	"flowbook/figures"
)

// The article's CIFAR-10 flow, from 32×32×3 to its latent in three parts.
func ExampleArchitecture() {
	board := func(shape ...int) figures.Stage {
		return figures.Stage{Name: "3 couplings", Detail: "ResNet 4 × 64", Glyph: figures.Checkerboard, Shape: shape}
	}
	squeeze := func(shape ...int) figures.Stage {
		return figures.Stage{Name: "squeeze", Glyph: figures.Squeezes, Shape: shape}
	}
	channels := func(shape ...int) figures.Stage {
		return figures.Stage{Name: "3 couplings", Detail: "ResNet 4 × 128", Glyph: figures.Channels, Shape: shape}
	}
	stages := []figures.Stage{
		{Name: "logit", Detail: "0.05 + 0.9 x/256", Shape: []int{32, 32, 3}},
		board(32, 32, 3), squeeze(16, 16, 12), channels(16, 16, 12),
		{Name: "factor out", Glyph: figures.FactorsOut, Shape: []int{16, 16, 6}, Latent: []int{16, 16, 6}},
		board(16, 16, 6), squeeze(8, 8, 24), channels(8, 8, 24),
		{Name: "factor out", Glyph: figures.FactorsOut, Shape: []int{8, 8, 12}, Latent: []int{8, 8, 12}},
		{Name: "4 couplings", Detail: "ResNet 4 × 256", Glyph: figures.Checkerboard, Shape: []int{8, 8, 12}},
	}
	f, err := figures.Architecture([]int{32, 32, 3}, stages, figures.ArchitectureOptions{Title: "The multi-scale architecture"})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("architecture.svg"); err != nil {
		log.Fatal(err)
	}
}
