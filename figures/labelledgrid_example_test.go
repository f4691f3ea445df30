package figures_test

import (
	"log"

	"flowbook/figures"
)

// Colour images with a name for each row.
func ExampleLabelledGrid() {
	const columns, side = 9, 32
	rows := []string{"T = 0.5", "T = 0.7", "T = 1"}
	var pixels []uint8
	for i := range columns * len(rows) {
		for y := range side {
			for x := range side {
				pixels = append(pixels, uint8(8*x), uint8(8*y), uint8(28*(i%columns)*(i/columns+1)/3))
			}
		}
	}
	f, err := figures.LabelledGrid(pixels, side, side, 3, "Samples at three temperatures", rows, figures.GridOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("labelledgrid.png"); err != nil {
		log.Fatal(err)
	}
}
