package experiment

import "flowbook/realnvp"

// CelebA is the experiment of notebook 05 under a profile: on CelebA where it is at hand, else on procedural faces,
// which the data set's name says. Full is the author's configuration.
func CelebA(p Profile) Images {
	c := Images{Dataset: "celeba", Batch: 16, Flip: true, Validate: 100, Test: 500, Draws: 1, Model: realnvp.CelebA()}
	c.Train = realnvp.TrainConfig{LearningRate: 5e-4, L2: 5e-5, ClipNorm: 1}
	if p == Full {
		c.Batch, c.Validate, c.Test = 64, 1000, 0
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 50000, 2500, 2500
		return c
	}
	c.Model = short(c.Model, "celeba-"+string(p))
	c.Model.CheckerboardCouplings, c.Model.Planes, c.Model.Scales = 2, 8, 2
	c.Train.LearningRate, c.Train.Schedule = 5e-3, realnvp.Cosine
	c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 100, 25, 50
	c.Test = 100
	if p == CPU {
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 1500, 150, 150
		c.Test = 500
	}
	return c
}
