package experiment

import (
	"bytes"
	"context"
	"image/png"

	"flowbook/figures"
	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/journaled"
	"flowbook/realnvp/preset"
)

// Images is the config of an experiment that trains a flow on images and scores it on held-out ones.
type Images struct {
	// Dataset is "mnist", "cifar10" or "celeba".
	Dataset string `json:"dataset"`
	// Batch is the number of images of a training batch.
	Batch int `json:"batch"`
	// Flip mirrors each training image with probability one half.
	Flip bool `json:"flip,omitempty"`
	// TrainImages caps the training set; 0 means all of it.
	TrainImages int `json:"train_images,omitempty"`
	// Validate is the number of training images held back and scored during training.
	Validate int `json:"validate"`
	// Test is the number of test images scored at the end; 0 means all.
	Test int `json:"test,omitempty"`
	// Draws is the number of dequantization draws that the test averages.
	Draws int `json:"draws,omitempty"`
	// DataSeed shuffles.
	DataSeed uint64 `json:"data_seed"`

	// Digits is the number of planes of preset.Digits, where that is the flow, and Photographs that of preset.Photographs. Where both
	// are 0 the flow is the author's of the data set.
	Digits      int `json:"digits,omitempty"`
	Photographs int `json:"photographs,omitempty"`

	Train realnvp.TrainConfig `json:"train"`

	oldModel
}

// Sides are the height, width and channels of the data set's images.
func (c Images) Sides() (h, w, channels int) {
	switch c.Dataset {
	case "mnist":
		return 28, 28, 1
	case "celeba":
		return 64, 64, 3
	}
	return 32, 32, 3
}

// Flow is the flow that the config names.
func (c Images) Flow() bijector.Chain {
	side, _, _ := c.Sides()
	switch {
	case c.Digits > 0:
		return preset.Digits(c.Digits)
	case c.Photographs > 0:
		return preset.Photographs(side, c.Photographs)
	case c.Dataset == "mnist":
		return preset.MNIST()
	case c.Dataset == "celeba":
		return preset.CelebA()
	}
	return preset.CIFAR10()
}

// New builds the model that the config names, untrained.
func (c Images) New() (*realnvp.Model, error) {
	if old, err := c.old(); old != nil || err != nil {
		return old, err
	}
	h, w, channels := c.Sides()
	return realnvp.New(c.Flow(), realnvp.Image(h, w, channels), realnvp.Pixels())
}

// Run trains, logs train_bpd, grad_norm, val_bpd and test_bpd (bits/dim) to the run, and attaches the checkpoint and a
// grid of samples. It resumes where the run has a checkpoint.
func (c Images) Run(ctx context.Context, run *journal.Run) error {
	set, err := c.Load(run)
	if err != nil {
		return err
	}
	model, err := c.New()
	if err != nil {
		return err
	}
	batches, err := set.Train.Batches(c.Batch, c.DataSeed)
	if err != nil {
		return err
	}
	if c.Flip {
		batches = batches.Flip()
	}
	t := Shown(ctx, run, c.Train)
	t.Validation = set.Validation
	if _, err := journaled.Train(ctx, run, model, batches.Source(), t); err != nil {
		return err
	}
	return c.Score(ctx, run, model, set)
}

// Score logs what the model scores on the test images, as test_bpd with its standard error, and attaches samples.
func (c Images) Score(ctx context.Context, run *journal.Run, model *realnvp.Model, set *ImageSet) error {
	score, err := model.BitsPerDim(ctx, set.Test.Float32(nil, 0, set.Test.Len()), c.Draws, 1)
	if err != nil {
		return err
	}
	if err := run.Log(model.Step(), journal.Metrics{
		"test_bpd": score.Mean, "test_bpd_stderr": score.StdErr, "test_nonfinite": float64(len(score.NonFinite)),
	}); err != nil {
		return err
	}
	grid, err := SampleGrid(ctx, model, 64, realnvp.SampleConfig{Seed: 1})
	if err != nil {
		return err
	}
	return run.Figure("samples", "image/png", grid)
}

// SampleGrid draws n samples as one PNG, eight or so to a row.
func SampleGrid(ctx context.Context, model *realnvp.Model, n int, sc realnvp.SampleConfig) ([]byte, error) {
	x, err := model.Sample(ctx, n, sc)
	if err != nil {
		return nil, err
	}
	sides := model.SampleShape()
	img, err := figures.ImageGrid(x, sides[0], sides[1], sides[2], figures.GridOptions{})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = png.Encode(&out, img)
	return out.Bytes(), err
}
