package experiment

import (
	"flowbook/notebooks/profiles"
	"flowbook/realnvp"
)

// MNIST is the experiment of notebook 03 under a profile. Full is the author's configuration; the others are smaller
// flows of the same architecture for a short training. Their logit preprocessing spreads out the two ends of the grey
// scale, where most pixels of a digit are.
func MNIST(p profiles.Profile) Images {
	c := Images{Dataset: "mnist", Batch: 50, Validate: 500, Draws: 1, Model: realnvp.MNIST()}
	c.Train = realnvp.TrainConfig{LearningRate: 5e-4, L2: 5e-5, ClipNorm: 1}
	if p == profiles.Full {
		c.Draws = 3
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 100*1190, 1190, 1190
		return c
	}
	c.Model = short(c.Model, "mnist-"+string(p))
	c.Train.LearningRate, c.Train.Schedule, c.Train.ClipNorm = 1e-2, realnvp.Cosine, 1
	c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 200, 50, 100
	if p == profiles.CPU {
		c.Model.Scales = 2
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 2000, 250, 250
	}
	return c
}
