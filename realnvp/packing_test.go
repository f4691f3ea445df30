package realnvp_test

import (
	"context"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
)

// TestPackedTrainingIsThePlainOne trains a flow of vectors, whose weights are packed meanwhile, and the same one with
// layers that count as a caller's own, whose are not. What a hook sees of the weights is compared too, step by step.
func TestPackedTrainingIsThePlainOne(t *testing.T) {
	config := smallToy()
	config.CouplingNorm, config.NormMomentum = realnvp.RunningNorm, 0.1
	held := gaussian(20, 3)
	curve := func(steps int, accumulate int, ema float64, opts ...realnvp.Option) (curve []float64) {
		m := mustNew(t, config, opts...)
		tc := realnvp.TrainConfig{Steps: steps, LearningRate: 5e-3, ClipNorm: 0.5, Accumulate: accumulate, EMA: ema, Validation: held, ValidateEvery: 4}
		tc.OnStep = func(s realnvp.StepInfo) error {
			logp, err := m.LogProb(held)
			curve = append(append(curve, s.Loss, s.GradNorm), logp...)
			return err
		}
		tc.OnValidation = func(v realnvp.ValidationInfo) error {
			curve = append(curve, v.NLL)
			return nil
		}
		if _, err := m.Train(context.Background(), points(t, gaussian(200, 1), 2, 20), tc); err != nil {
			t.Fatal(err)
		}
		after, err := m.LogProb(held)
		if err != nil {
			t.Fatal(err)
		}
		return append(curve, after...)
	}
	same := realnvp.WithLayers(func(_ string, b bijector.Bijector) bijector.Bijector { return b })
	agree(t, "packed training", curve(8, 1, 0), curve(8, 1, 0, same))
	agree(t, "packed training with all options", curve(8, 2, 0.9), curve(8, 2, 0.9, same))
}
