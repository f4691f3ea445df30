package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"strings"

	"flowbook/data"
	"flowbook/figures"
	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/journaled"
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

	Model realnvp.Config      `json:"model"`
	Train realnvp.TrainConfig `json:"train"`
}

// Run trains, logs train_bpd, grad_norm, val_bpd and test_bpd (bits/dim) to the run, and attaches the checkpoint and a
// grid of samples. It resumes where the run has a checkpoint.
func (c Images) Run(ctx context.Context, run *journal.Run) error {
	set, err := c.load()
	if err != nil {
		return err
	}
	if err := set.record(run); err != nil {
		return err
	}
	model, err := realnvp.New(c.Model)
	if err != nil {
		return err
	}
	batches, err := set.train.Batches(c.Batch, c.DataSeed)
	if err != nil {
		return err
	}
	if c.Flip {
		batches = batches.Flip()
	}
	tc := watched(ctx, run, c.Train)
	tc.Validation = set.validation
	if _, err := journaled.Train(ctx, run, model, batches.Source(), tc); err != nil {
		return err
	}
	return c.conclude(run, model, set)
}

// device is the short name of what a model runs on, such as "xla:cpu".
func device(model *realnvp.Model) string {
	name, _, _ := strings.Cut(model.Backend().Description(), " ")
	return name
}

// conclude scores the test images and attaches samples.
func (c Images) conclude(run *journal.Run, model *realnvp.Model, set *imageSet) error {
	score, err := model.BitsPerDim(set.test.Float32(nil, 0, set.test.Len()), c.Draws, 1)
	if err != nil {
		return err
	}
	if err := run.Log(model.Step(), journal.Metrics{
		"test_bpd": score.Mean, "test_bpd_stderr": score.StdErr, "test_nonfinite": float64(len(score.NonFinite)),
	}); err != nil {
		return err
	}
	grid, err := SampleGrid(model, 64, realnvp.SampleConfig{Seed: 1})
	if err != nil {
		return err
	}
	return run.Figure("samples", "image/png", grid)
}

// SampleGrid draws n samples as one PNG, eight or so to a row.
func SampleGrid(model *realnvp.Model, n int, sc realnvp.SampleConfig) ([]byte, error) {
	x, err := model.Sample(n, sc)
	if err != nil {
		return nil, err
	}
	c := model.Config()
	img, err := figures.ImageGrid(x, c.Height, c.Width, c.Channels, figures.GridOptions{})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = png.Encode(&out, img)
	return out.Bytes(), err
}

// imageSet is a data set split for an experiment.
type imageSet struct {
	train, test *data.Images
	validation  []float32
}

func (c Images) load() (*imageSet, error) {
	train, test, err := Dataset(c.Dataset)
	if err != nil {
		return nil, err
	}
	n := train.Len() - c.Validate
	if c.Validate < 0 || n < c.Batch {
		return nil, fmt.Errorf("experiment: %d of %d training images held back for validation leave fewer than a batch of %d", c.Validate, train.Len(), c.Batch)
	}
	set := &imageSet{validation: train.Float32(nil, n, train.Len())}
	if c.TrainImages > 0 {
		n = min(n, c.TrainImages)
	}
	if set.train, err = train.Subset(0, n); err != nil {
		return nil, err
	}
	set.test = test
	if c.Test > 0 {
		set.test, err = test.Subset(0, min(c.Test, test.Len()))
	}
	return set, err
}

func (s *imageSet) record(run *journal.Run) error {
	for _, images := range []*data.Images{s.train, s.test} {
		if err := run.Data(images.Name, images.Digest); err != nil {
			return err
		}
	}
	return nil
}

// Faces is the number of procedural faces that stand in where CelebA is not at hand.
const Faces = 4000

// Dataset loads a set by name: "mnist", "cifar10" or "celeba". Where CelebA is not on the machine, "celeba" gives
// procedural faces, and its images' name says so.
func Dataset(name string) (train, test *data.Images, err error) {
	switch name {
	case "mnist":
		return data.MNIST()
	case "cifar10":
		return data.CIFAR10()
	case "celeba":
		train, _, test, err = data.CelebA()
		if errors.Is(err, data.ErrMissing) {
			if train, err = data.ProceduralFaces(1, Faces); err == nil {
				test, err = data.ProceduralFaces(2, Faces/4)
			}
		}
		return train, test, err
	}
	return nil, nil, fmt.Errorf("experiment: no data set %q; there are mnist, cifar10 and celeba", name)
}
