package experiment

import (
	"cmp"
	"context"
	"fmt"

	"flowbook/data"
	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/journaled"
	"flowbook/realnvp/net"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// Toy is the config of an experiment that trains a flow on points of the plane and scores it on held-out ones. All
// scores are in nats a point, in the space scaled by the training points' mean and standard deviation.
type Toy struct {
	// Dataset is the name of one of data.Toys: "circles", "moons", "blobs", "random", "correlated-gaussian", ….
	Dataset string `json:"dataset"`
	// Points is the number of training points, and of held-out ones.
	Points int `json:"points"`
	// Batch is the number of points of a training batch.
	Batch int `json:"batch"`
	// Flow is "spline" or "affine", six couplings of one kind, or "author", the flow of the article's author.
	Flow string `json:"flow"`
	// Seed draws and shuffles the points, and draws the first weights.
	Seed uint64 `json:"seed"`

	Train realnvp.TrainConfig `json:"train"`

	// DataSeed drew the points of an old record.
	DataSeed uint64 `json:"data_seed,omitzero"`
	oldModel
}

// ToySet is a toy's points as an experiment uses them.
type ToySet struct {
	data.Toy
	Train, Test *data.Points
}

// Draw draws the training and the held-out points.
func (c Toy) Draw() (*ToySet, error) {
	toy, err := data.ToyNamed(c.Dataset)
	if err != nil {
		return nil, err
	}
	train, test, err := toy.Split(c.Points, c.Points, cmp.Or(c.DataSeed, c.Seed))
	return &ToySet{toy, train, test}, err
}

// Load draws the points and records in the run what they are.
func (c Toy) Load(run *journal.Run) (*ToySet, error) {
	set, err := c.Draw()
	if err != nil {
		return nil, err
	}
	for _, p := range []*data.Points{set.Train, set.Test} {
		if err := run.Data(p.Name, p.Digest); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// Floor is what the true density scores on the held-out points.
func (s *ToySet) Floor() float64 { return s.NLL(s.Test) }

// New builds the model that the config names, untrained.
func (c Toy) New() (*realnvp.Model, error) {
	if old, err := c.old(); old != nil || err != nil {
		return old, err
	}
	var flow bijector.Chain
	switch c.Flow {
	case "author":
		flow = preset.Toy2D()
	case "spline":
		flow = preset.Plane()
	case "affine":
		flow = preset.Vectors{Features: 2, Couplings: 6, Coupling: func(_ int, mask bijector.Mask) bijector.Bijector {
			return &bijector.Coupling{Mask: mask, Net: net.MLP{Hidden: []int{64, 64}}, Transform: transform.Affine{Bound: 3}}
		}}.Flow()
	default:
		return nil, fmt.Errorf("experiment: no flow %q of the plane; there are spline, affine and author", c.Flow)
	}
	return realnvp.New(flow, realnvp.Vector(2), realnvp.Seed(c.Seed))
}

// Run trains, logs train_nll, grad_norm, val_nll and what Score logs, and attaches the checkpoint and two figures. It
// resumes where the run has a checkpoint.
func (c Toy) Run(ctx context.Context, run *journal.Run) error {
	set, err := c.Load(run)
	if err != nil {
		return err
	}
	model, err := c.New()
	if err != nil {
		return err
	}
	batches, err := set.Train.Batches(c.Batch, cmp.Or(c.DataSeed, c.Seed))
	if err != nil {
		return err
	}
	t := Shown(ctx, run, c.Train)
	t.Validation = set.Test.X
	if _, err := journaled.Train(ctx, run, model, batches.Source(), t); err != nil {
		return err
	}
	return set.Score(ctx, run, model)
}

// Score logs what the model scores on the held-out points, as test_nll with its standard error, what the true density
// does, as floor_nll, and test_gap, between them; and attaches the samples and the density as pictures.
func (s *ToySet) Score(ctx context.Context, run *journal.Run, model *realnvp.Model) error {
	nll, stderr, err := model.NLL(ctx, s.Test.X)
	if err != nil {
		return err
	}
	floor := s.Floor()
	if err := run.Log(model.Step(), journal.Metrics{
		"test_nll": nll, "test_nll_stderr": stderr, "floor_nll": floor, "test_gap": nll - floor,
	}); err != nil {
		return err
	}
	return s.attach(ctx, run, model)
}
