package experiment

import (
	"context"

	"flowbook/data"
	"flowbook/notebooks/sampling"
	"flowbook/realnvp"
)

// TableTraining trains preset.Table: Adam with its gradient clipped and a cosine schedule from 1e-3, validated twenty
// times, and ended, with the best validation's state given back, where five of them bring nothing better.
func TableTraining(steps int) realnvp.TrainConfig {
	return realnvp.TrainConfig{Steps: steps, LearningRate: 1e-3, Schedule: realnvp.Cosine, ClipNorm: 1, ValidateEvery: max(1, steps/20), Patience: 5}
}

// Unusual is the numbers of a table's rows that a model finds less likely than all but a share p of held-out rows: with
// p = 0.01, about one usual row of a hundred is among them.
func Unusual(ctx context.Context, model *realnvp.Model, heldOut, rows *data.Table, p float64) ([]int, error) {
	limit, err := model.Quantile(ctx, p, heldOut.X)
	if err != nil {
		return nil, err
	}
	logp, err := model.LogProb(ctx, rows.X)
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
