package figures_test

import (
	"log"

	"flowbook/figures"
)

// Made-up results of three runs beside two published ones.
func ExampleScores() {
	f, err := figures.Scores([]figures.Score{
		{Name: "batch norm", Value: 3.764, Error: 0.012},
		{Name: "batch norm, horizontal flips", Value: 3.687, Error: 0.011},
		{Name: "instance norm", Value: 3.702, Error: 0.011},
	}, figures.ScoreOptions{
		Title: "CIFAR-10, test images (made-up runs)", X: "bits/dim, less is better",
		References: []figures.Score{{Name: "Dinh et al.", Value: 3.49}, {Name: "Keng", Value: 3.79}},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("scores.svg"); err != nil {
		log.Fatal(err)
	}
}
