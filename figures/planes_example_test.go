package figures_test

import (
	"fmt"
	"log"
	"math"

	"flowbook/figures"
)

// Moons, sheared a little further at each step.
func ExamplePlanes() {
	points := moons(800, 0.08, 1)
	groups := make([]int, len(points))
	for i, p := range points {
		groups[i] = int(3 + 3*math.Atan2(p[1], p[0])/math.Pi)
	}
	var planes []figures.Plane
	for step := range 4 {
		at := make([][2]float64, len(points))
		for i, p := range points {
			at[i] = [2]float64{p[0], p[1] + 0.4*float64(step)*math.Sin(2*p[0])}
		}
		planes = append(planes, figures.Plane{Title: fmt.Sprintf("after %d couplings", 2*step), Points: at})
	}
	f, err := figures.Planes(planes, figures.PlanesOptions{Groups: groups})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("planes.png"); err != nil {
		log.Fatal(err)
	}
}
