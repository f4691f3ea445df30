package experiment

import (
	"flowbook/notebooks/profiles"
	"flowbook/realnvp"
)

// CIFAR10 is the experiment of notebook 04 under a profile. Full is the author's configuration; the others train
// preset.Photographs, with 16 planes for a quick look and with 32 on two cores.
func CIFAR10(p profiles.Profile) Images {
	c := Images{Dataset: "cifar10", Batch: 20, Flip: true, Validate: 200, Draws: 1}
	c.Train = realnvp.TrainConfig{LearningRate: 5e-4, L2: 5e-5, ClipNorm: 1}
	if p == profiles.Full {
		c.Validate = 1000
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 15*2450, 2450, 2450
		c.Train.Schedule, c.Train.HalveEvery = realnvp.Halve, 3*2450
		return c
	}
	c.Photographs, c.Batch = 16, 32
	c.Train = realnvp.TrainConfig{LearningRate: 1e-2, Schedule: realnvp.Cosine, Warmup: 30, ClipNorm: 1}
	c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 160, 40, 80
	if p == profiles.CPU {
		c.Photographs = 32
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 4500, 300, 300
	}
	return c
}

// CIFAR10Author is the author's test score in bits/dim after each of his 15 epochs over the whole training set (cited
// from his public notebook).
var CIFAR10Author = []float64{4.43, 4.18, 4.08, 3.96, 3.93, 3.91, 3.88, 3.87, 3.84, 3.84, 3.83, 3.83, 3.81, 3.79, 3.79}
