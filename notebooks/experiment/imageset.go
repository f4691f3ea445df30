package experiment

import (
	"errors"
	"fmt"

	"flowbook/data"
	"flowbook/journal"
	"flowbook/realnvp/xla"
)

// ImageSet is a data set as an experiment uses it.
type ImageSet struct {
	Train, Test *data.Images
	// Validation is Validate of the training images, held back: NHWC, 0 … 255.
	Validation []float32
}

// manySteps are as many as make up for compiling anew, with a resumption or two.
const manySteps = 1000

// Load loads and splits the config's data set, and records in the run what it was. A training of many steps is compiled
// as xla.CompileForLong says.
func (c Images) Load(run *journal.Run) (*ImageSet, error) {
	if c.Train.Steps >= manySteps {
		xla.CompileForLong()
	}
	train, test, err := Dataset(c.Dataset)
	if err != nil {
		return nil, err
	}
	n := train.Len() - c.Validate
	if c.Validate < 0 || n < c.Batch {
		return nil, fmt.Errorf("experiment: %d of %d training images held back for validation leave fewer than a batch of %d", c.Validate, train.Len(), c.Batch)
	}
	set := &ImageSet{Validation: train.Float32(nil, n, train.Len())}
	if c.TrainImages > 0 {
		n = min(n, c.TrainImages)
	}
	if set.Train, err = train.Subset(0, n); err != nil {
		return nil, err
	}
	set.Test = test
	if c.Test > 0 {
		if set.Test, err = test.Subset(0, min(c.Test, test.Len())); err != nil {
			return nil, err
		}
	}
	for _, images := range []*data.Images{set.Train, set.Test} {
		if err := run.Data(images.Name, images.Digest); err != nil {
			return nil, err
		}
	}
	return set, nil
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
