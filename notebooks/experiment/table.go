package experiment

import (
	"context"
	"fmt"

	"flowbook/data"
	"flowbook/notebooks/sampling"
	"flowbook/realnvp"
	"flowbook/realnvp/preset"
)

// TableTraining trains preset.Table: Adam with its gradient clipped and a cosine schedule from 1e-3, validated twenty
// times, and ended, with the best validation's state given back, where five of them bring nothing better.
func TableTraining(steps int) realnvp.TrainConfig {
	return realnvp.TrainConfig{Steps: steps, LearningRate: 1e-3, Schedule: realnvp.Cosine, ClipNorm: 1, ValidateEvery: max(1, steps/20), Patience: 5}
}

// FitTable trains a spline flow (preset.Table) on the rows of a table, in batches of so many, and validates it on others;
// both are to be scaled alike, as data.Table.Split does.
func FitTable(ctx context.Context, train, validation *data.Table, batch int, t realnvp.TrainConfig) (*realnvp.Model, error) {
	if train.Size() != validation.Size() {
		return nil, fmt.Errorf("experiment: %s has %d columns, %s has %d", train.Name, train.Size(), validation.Name, validation.Size())
	}
	model, err := realnvp.New(preset.Table(train.Size()), realnvp.Vector(train.Size()))
	if err != nil {
		return nil, err
	}
	batches, err := train.Batches(batch, t.Seed)
	if err != nil {
		return nil, err
	}
	t.Validation = validation.X
	_, err = model.Train(ctx, batches.Source(), t)
	return model, err
}

// Unusual is the numbers of a table's rows that a model finds less likely than all but a share p of held-out rows: with
// p = 0.01, about one usual row of a hundred is among them.
func Unusual(model *realnvp.Model, heldOut, rows *data.Table, p float64) ([]int, error) {
	limit, err := model.Quantile(p, heldOut.X)
	if err != nil {
		return nil, err
	}
	logp, err := model.LogProb(rows.X)
	if err != nil {
		return nil, err
	}
	var found []int
	for i, v := range logp {
		if !(v >= limit) { // NaN is unusual too
			found = append(found, i)
		}
	}
	return found, nil
}

// GaussiansNLL is what a mixture of k Gaussians, fitted to the scaled training rows, scores on held-out ones: the mean of
// −log p, in nats.
func GaussiansNLL(train, heldOut *data.Table, k int, seed uint64) (float64, error) {
	g, err := sampling.FitGaussians(ScaledRows(train.X, train.Size()), k, 50, 1e-4, seed)
	if err != nil {
		return 0, err
	}
	return g.NLL(ScaledRows(heldOut.X, heldOut.Size())), nil
}

// ScaledRows makes rows of flat numbers [n, d].
func ScaledRows(x []float32, d int) [][]float64 {
	rows := make([][]float64, len(x)/d)
	for i := range rows {
		rows[i] = make([]float64, d)
		for j := range d {
			rows[i][j] = float64(x[i*d+j])
		}
	}
	return rows
}
