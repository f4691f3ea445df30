package figures_test

import (
	"image/png"
	"log"
	"math"
	"os"

	"flowbook/figures"
)

// Thirty-two grey images of 28 × 28 pixels, eight a row.
func ExampleImageGrid() {
	const n, side = 32, 28
	pixels := make([]float32, 0, n*side*side)
	for i := range n {
		for y := range side {
			for x := range side {
				r := math.Hypot(float64(x)-13.5, float64(y)-13.5)
				pixels = append(pixels, float32(255*math.Exp(-math.Pow(r-float64(i%8)-2, 2)/(2+float64(i/8)))))
			}
		}
	}
	img, err := figures.ImageGrid(pixels, side, side, 1, figures.GridOptions{Columns: 8})
	if err != nil {
		log.Fatal(err)
	}
	f, err := os.Create("imagegrid.png")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		log.Fatal(err)
	}
}
