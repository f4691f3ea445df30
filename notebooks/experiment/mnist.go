package experiment

import "flowbook/realnvp"

// MNIST is the experiment of notebook 03 under a profile. Full is the author's configuration; the others are smaller
// flows of the same architecture, with settings for a short training: logit preprocessing, which spreads out the two
// ends of the grey scale where most pixels of a digit are, a learned factor of s that moves five times as fast, and a
// running batch norm that follows sooner than momentum 0.005 lets it.
func MNIST(p Profile) Images {
	c := Images{Dataset: "mnist", Batch: 50, Validate: 500, Draws: 1, Model: realnvp.MNIST()}
	c.Train = realnvp.TrainConfig{LearningRate: 5e-4, L2: 5e-5, ClipNorm: 1}
	if p == Full {
		c.Draws = 3
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 100*1190, 1190, 1190
		return c
	}
	c.Model.Name, c.Model.Preprocess, c.Model.SGain, c.Model.NormMomentum = "mnist-"+string(p), realnvp.Logit, 5, 0.1
	c.Model.LogitAlpha = 0.05
	c.Model.Planes, c.Model.Blocks, c.Model.Scales = 16, 1, 1
	c.Train.LearningRate, c.Train.Schedule, c.Train.ClipNorm = 3e-3, realnvp.Cosine, 0.5
	c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 500, 100, 100
	if p == CPU {
		c.Model.Scales = 2
		c.Train.Steps, c.Train.ValidateEvery, c.Train.CheckpointEvery = 3000, 250, 250
	}
	return c
}
