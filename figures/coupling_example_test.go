package figures_test

import (
	"log"

	"flowbook/figures"
)

// Figure 2 of the paper: an affine coupling layer and its inverse.
func ExampleCoupling() {
	if err := figures.Coupling().Save("coupling.svg"); err != nil {
		log.Fatal(err)
	}
}
