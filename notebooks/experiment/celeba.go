package experiment

import (
	"flowbook/notebooks/profiles"
	"flowbook/realnvp"
)

// CelebA is the experiment of notebook 05 under a profile: on CelebA where it is at hand, else on procedural faces,
// which the data set's name says. Full is the author's configuration.
func CelebA(p profiles.Profile) Images {
	c := Images{Dataset: "celeba", Batch: 16, Flip: true, Validate: 100, Test: 500, Draws: 1}
	c.Train = realnvp.TrainConfig{LearningRate: 5e-4, L2: 5e-5, ClipNorm: 1}
	if p == profiles.Full {
		c.Batch, c.Validate, c.Test = 64, 1000, 0
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 50000, 2500, 2500
		return c
	}
	c.Photographs = 8
	c.Batch, c.Train.LearningRate, c.Train.Schedule = 8, 1e-2, realnvp.Cosine
	c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 240, 40, 80
	c.Validate, c.Test = 48, 96
	if p == profiles.CPU {
		c.Photographs = 16
		c.Batch, c.Validate, c.Test = 16, 96, 500
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 1500, 150, 150
	}
	return c
}
