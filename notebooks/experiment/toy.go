package experiment

import (
	"context"
	"fmt"
	"math"

	"flowbook/data"
	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/journaled"
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
	// DataSeed draws the points and shuffles them.
	DataSeed uint64 `json:"data_seed"`

	Model realnvp.Config      `json:"model"`
	Train realnvp.TrainConfig `json:"train"`
}

// Split draws the experiment's training and held-out points.
func (c Toy) Split() (toy data.Toy, train, test *data.Points, err error) {
	if toy, err = data.ToyNamed(c.Dataset); err == nil {
		train, test, err = toy.Split(c.Points, c.Points, c.DataSeed)
	}
	return toy, train, test, err
}

// Run trains, logs train_nll, grad_norm, val_nll and, at the end, test_nll with floor_nll, what the true density scores
// on the same points, and attaches the checkpoint and two figures. It resumes where the run has a checkpoint.
func (c Toy) Run(ctx context.Context, run *journal.Run) error {
	toy, train, test, err := c.Split()
	if err != nil {
		return err
	}
	for _, p := range []*data.Points{train, test} {
		if err := run.Data(p.Name, p.Digest); err != nil {
			return err
		}
	}
	model, err := realnvp.New(c.Model)
	if err != nil {
		return err
	}
	batches, err := train.Batches(c.Batch, c.DataSeed)
	if err != nil {
		return err
	}
	tc := Shown(ctx, run, c.Train)
	tc.Validation = test.X
	if _, err := journaled.Train(ctx, run, model, batches.Source(), tc); err != nil {
		return err
	}
	return c.conclude(ctx, run, model, toy, train, test)
}

// conclude scores the held-out points and attaches pictures.
func (c Toy) conclude(ctx context.Context, run *journal.Run, model *realnvp.Model, toy data.Toy, train, test *data.Points) error {
	logp, err := model.LogProb(ctx, test.X)
	if err != nil {
		return err
	}
	nll, stderr, bad := meanNLL(logp)
	if bad == len(logp) {
		return fmt.Errorf("experiment: log p of none of the %d held-out points of %s is finite", bad, c.Dataset)
	}
	floor := toy.NLL(test)
	if err := run.Log(model.Step(), journal.Metrics{
		"test_nll": nll, "test_nll_stderr": stderr, "test_nonfinite": float64(bad), "floor_nll": floor, "test_gap": nll - floor,
	}); err != nil {
		return err
	}
	return attachToyFigures(ctx, run, model, train)
}

// meanNLL is the mean of −log p with its standard error, over the finite ones, and how many are not.
func meanNLL(logp []float64) (mean, stderr float64, nonFinite int) {
	sum, squares, n := 0.0, 0.0, 0.0
	for _, v := range logp {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			nonFinite++
			continue
		}
		sum, squares, n = sum-v, squares+v*v, n+1
	}
	mean = sum / n
	return mean, math.Sqrt(max(0, squares/n-mean*mean) / max(1, n-1)), nonFinite
}
