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
			registerToy(p.Name("toy-"+set), "train a flow of splines on the toy set "+set, PlaneToy(p, set))
			registerToy(p.Name("toy-"+set+"-affine"), "train a flow of affine couplings on the toy set "+set, PlaneToy(p, set).With("affine"))
			registerToy(p.Name("toy-"+set+"-author"), "train the author's flow of the plane on the toy set "+set, AuthorToy(set))
		}
		registerToy(p.Name("toy-gaussian"), "train affine couplings on a correlated Gaussian, whose entropy is known", GaussianToy(p))
	}
}

func registerToy(name, doc string, defaults Toy) {
	journal.Register(name, journal.Typed(doc, defaults,
		func(ctx context.Context, run *journal.Run, c Toy) error { return c.Run(ctx, run) }))
}

// PlaneToy trains preset.Plane on 10,000 points as that advises: 1,000 steps; quick, for 300; full, on four times as
// many points for four times as long.
func PlaneToy(p profiles.Profile, set string) Toy {
	c := Toy{Dataset: set, Points: 10000, Batch: 1000, Flow: "spline"}
	c.Train = realnvp.TrainConfig{Steps: 1000, LearningRate: 1e-2, EMA: 0.998, ClipNorm: 1, ValidateEvery: 100, CheckpointEvery: 500}
	switch p {
	case profiles.Quick:
		c.Train.Steps, c.Train.EMA = 300, 0.99
	case profiles.Full:
		c.Points, c.Train.Steps = 40000, 4000
	}
	return c
}

// With is the same training of another flow.
func (c Toy) With(flow string) Toy {
	c.Flow = flow
	return c
}

// AuthorToy is the author's training of 10,000 points for 100 epochs, which is 1,000 steps, whatever the profile.
func AuthorToy(set string) Toy {
	return Toy{
		Dataset: set, Points: 10000, Batch: 1000, Flow: "author",
		Train: realnvp.TrainConfig{Steps: 1000, LearningRate: 1e-3, ValidateEvery: 100, CheckpointEvery: 500},
	}
}

// GaussianToy trains affine couplings on a Gaussian of covariance 0.8, at a rate that falls to zero: it can be learned
// exactly.
func GaussianToy(p profiles.Profile) Toy {
	c := PlaneToy(p, "correlated-gaussian").With("affine")
	c.Points, c.Train = 20000, realnvp.TrainConfig{Steps: 500, LearningRate: 5e-3, Schedule: realnvp.Cosine, ClipNorm: 1, ValidateEvery: 100}
	return c
}
