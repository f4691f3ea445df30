package figures_test

import (
	"log"

	"flowbook/figures"
)

// Figure 3 of the paper, with the numbers of a 4 × 4 image.
func ExampleMasks() {
	m := figures.MaskFigure{Height: 4, Width: 4,
		Checkerboard: make([]float32, 16), Squeezed: make([]float32, 16), Channel: make([]float32, 16)}
	for y := range 4 {
		for x := range 4 {
			i := 4*y + x
			m.Checkerboard[i] = float32((y + x) % 2)
			squeezed := (y/2*2+x/2)*4 + y%2*2 + x%2 // [h, w, 1] → [h/2, w/2, 4], channel dy·2 + dx
			m.Squeezed[squeezed] = float32(i + 1)
			m.Channel[squeezed] = float32(squeezed % 4 / 2)
		}
	}
	f, err := figures.Masks(m)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("masks.svg"); err != nil {
		log.Fatal(err)
	}
}
