package figures_test

import (
	"log"
	"math"

	"flowbook/figures"
)

// A net of lines over N(0, I) and where a bend and a twist carry it.
func ExampleDeformedGrid() {
	lattice := figures.StandardLattice
	var image [][2]float64
	for _, z := range lattice.Points() {
		x := 0.8 * z[0]
		y := z[1]*math.Exp(-0.25*z[0]*z[0]/2) + 0.9*math.Sin(1.2*z[0])
		image = append(image, [2]float64{x, y})
	}
	f, err := figures.DeformedGrid(image, lattice, figures.DeformedGridOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("deformedgrid.svg"); err != nil {
		log.Fatal(err)
	}
}
