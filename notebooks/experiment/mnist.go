package experiment

import (
	"flowbook/notebooks/profiles"
	"flowbook/realnvp"
)

// MNIST is the experiment of notebook 03 under a profile. Full is the author's configuration; the others train
// preset.Digits, with 16 planes for a quick look and with 32 on two cores.
func MNIST(p profiles.Profile) Images {
	c := Images{Dataset: "mnist", Batch: 50, Validate: 500, Draws: 1}
	if p == profiles.Full {
		c.Draws = 3
		c.Train = realnvp.TrainConfig{LearningRate: 5e-4, L2: 5e-5, ClipNorm: 1}
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 100*1190, 1190, 1190
		return c
	}
	c.Digits, c.Test = 16, 2000 // of the 10,000 test images; all are for scores that are compared
	c.Train = realnvp.TrainConfig{LearningRate: 4e-3, Schedule: realnvp.Cosine, Warmup: 20, ClipNorm: 1}
	c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 200, 50, 100
	if p == profiles.CPU {
		c.Digits, c.Batch, c.Test = 32, 100, 0
		c.Train.LearningRate, c.Train.Warmup = 2e-3, 50
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 1500, 250, 250
	}
	return c
}
