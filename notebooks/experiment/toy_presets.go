package experiment

import (
	"context"

	"flowbook/journal"
	"flowbook/notebooks/profiles"
	"flowbook/realnvp"
)

// ToySets are the article's four sets, by their names in package data.
var ToySets = []string{"circles", "moons", "blobs", "random"}

func init() {
	for _, p := range []profiles.Profile{profiles.Quick, profiles.CPU, profiles.Full} {
		for _, set := range ToySets {
			registerToy(p.Name("toy-"+set), "train our flow of the plane on the toy set "+set, OurToy(p, set))
			registerToy(p.Name("toy-"+set+"-author"), "train the author's flow of the plane on the toy set "+set, AuthorToy(p, set))
		}
		registerToy(p.Name("toy-gaussian"), "train a flow on a correlated Gaussian, whose entropy is known", GaussianToy(p))
	}
}

func registerToy(name, doc string, defaults Toy) {
	journal.Register(name, journal.Typed(doc, defaults,
		func(ctx context.Context, run *journal.Run, c Toy) error { return c.Run(ctx, run) }))
}

// AuthorToy is the author's training of 10,000 points for 100 epochs, which is 1,000 steps, whatever the profile.
func AuthorToy(_ profiles.Profile, set string) Toy {
	return Toy{
		Dataset: set, Points: 10000, Batch: 1000, Model: realnvp.Toy2D(),
		Train: realnvp.TrainConfig{Steps: 1000, LearningRate: 1e-3, ValidateEvery: 100, CheckpointEvery: 500},
	}
}

// OurToy trains Toy2DRobust on as many points for 2,000 steps, which take about two thirds of the time of the author's
// 1,000; quick, for three quarters as long; full, on four times as many points for four times as long.
func OurToy(p profiles.Profile, set string) Toy {
	c := AuthorToy(p, set)
	c.Model = realnvp.Toy2DRobust()
	c.Train.Steps, c.Train.LearningRate, c.Train.Schedule, c.Train.ClipNorm = 2000, 5e-3, realnvp.Cosine, 1
	switch p {
	case profiles.Quick:
		c.Train.Steps = 1500
	case profiles.Full:
		c.Points, c.Train.Steps = 40000, 8000
	}
	return c
}

// GaussianToy trains four couplings on a Gaussian of covariance 0.8.
func GaussianToy(p profiles.Profile) Toy {
	c := OurToy(p, "correlated-gaussian")
	c.Points = 20000
	c.Model.Name, c.Model.Couplings, c.Model.Hidden = "toy2d-gaussian", 4, []int{16}
	c.Train.Steps = 500
	return c
}
