package bugs

import (
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/preset"
)

// norms are the bugs of batch norm on the coupling path.
func norms() []Bug {
	return []Bug{
		{
			Name: "no-norm-layers", Title: "No norm layers at all",
			Symptom: "Deep flows stall at a poor loss; a learning rate that trains shallow ones makes them diverge.",
			Cause:   "Nothing holds the range of activations between couplings, so each must first undo what the last one's scale did.",
			Fix:     "A batch norm after each coupling, its log-determinant counted.",
			Check:   doctor.CheckNorms,
			Levels:  func(m *preset.MultiScale) { m.Norm = nil },
		},
		{
			Name: "norm-log-det-missing", Title: "Batch norm's log-determinant missing",
			Symptom: "The score is off by an amount that drifts while training: what is minimised is no likelihood.",
			Cause:   "The norm divides by √(variance + ε), and the logarithm of that denominator was left out of log p.",
			Fix:     "log|det J| = −½·Σ log(variance + ε), over every one of the H·W·C numbers.",
			Check:   doctor.CheckLogDet,
			Layer:   inLayers(func(right *bijector.BatchNorm) bijector.Bijector { return silentNorm{Norm{right}} }),
			Twins:   []Twin{{"bijector/batchnorm.go", "BatchNorm.Forward", "silentNorm.Forward"}},
		},
		{
			Name: "norm-log-det-sign", Title: "Batch norm's log-determinant with the wrong sign",
			Symptom: "The loss pays for large variances, so activations grow from layer to layer while it falls.",
			Cause:   "+½·Σ log(variance + ε) is the log-determinant of multiplying by the standard deviation; the norm divides.",
			Fix:     "A division's log-determinant is negative: −½·Σ log(variance + ε).",
			Check:   doctor.CheckLogDet,
			Layer:   inLayers(func(right *bijector.BatchNorm) bijector.Bijector { return oppositeNorm{Norm{right}} }),
			Twins:   []Twin{{"bijector/batchnorm.go", "BatchNorm.Forward", "oppositeNorm.Forward"}},
		},
		{
			Name: "validation-moves-moments", Title: "Validation that keeps updating the running moments",
			Symptom: "The score depends on the order of the validation batches, and a second validation differs from the first.",
			Cause:   "The norm still runs in training mode while validating, so each batch moves the moments that normalise the next.",
			Fix:     "Evaluation mode for validation and sampling; the doctor compares every variable before and after.",
			Check:   doctor.CheckFrozen,
			Layer:   inLayers(func(right *bijector.BatchNorm) bijector.Bijector { return alwaysTraining{Norm{right}} }),
			Twins:   []Twin{{"bijector/batchnorm.go", "BatchNorm.Forward", "alwaysTraining.Forward"}},
		},
		{
			Name: "norm-momentum", Title: "Momentum 0.1 for 0.005",
			Symptom: "A noisier loss than the batch size explains, and a score in evaluation that jumps from one checkpoint to the next.",
			Cause:   "Moments that also normalise in training carry a tenth of the last small batch, so their noise is a quarter of a batch's own, in every layer.",
			Fix:     "0.005; for short runs, with the first batches averaged plainly (BatchNorm.Debias).",
			Check:   doctor.CheckMomentum,
			Layer: inLayers(func(right *bijector.BatchNorm) bijector.Bijector {
				wrong := *right
				wrong.Momentum, wrong.Debias = 0.1, false
				return &wrong
			}),
		},
		{
			Name: "norm-variance-biased", Title: "The biased variance for the unbiased one",
			Symptom: "Next to none with images, where n is large; with small batches of vectors the latent comes out too wide.",
			Cause:   "Dividing squares by n makes the running variance too small by 1/n.",
			Fix:     "Divide by n−1. Worth little; worth knowing that it was not the cause of anything else.",
			Check:   doctor.CheckVariance,
			Layer: inLayers(func(right *bijector.BatchNorm) bijector.Bijector {
				wrong := *right
				wrong.BiasedVariance = true
				return &wrong
			}),
		},
	}
}
