package realnvp_test

import (
	"context"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/lower"
	"flowbook/realnvp/preset"
)

// TestPackedTrainingIsThePlainOne trains a flow of vectors, whose weights are packed meanwhile, and the same one with
// layers that count as a caller's own, whose are not. What a hook sees of the weights is compared too, step by step.
func TestPackedTrainingIsThePlainOne(t *testing.T) {
	flow := toy(4, func() bijector.Bijector { return &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5} })
	own := func(_ string, b bijector.Bijector) bijector.Bijector { return mine{b} }
	agree(t, "packed training", watched(t, flow, realnvp.Vector(2)), watched(t, bijector.Wrap(flow, own), realnvp.Vector(2)))
}

// mine is a layer of a caller's own that does what another does.
type mine struct{ bijector.Bijector }

// TestTrainingWithoutLower: flows of vectors, whose weights a training packs, train the same with package lower off.
func TestTrainingWithoutLower(t *testing.T) {
	for name, flow := range map[string]bijector.Chain{
		"Toy2D": preset.Toy2D()[:2], "Plane": preset.Plane()[:1],
	} {
		fast := watched(t, flow, realnvp.Vector(2))
		restore := lower.Off()
		agree(t, name, watched(t, flow, realnvp.Vector(2)), fast)
		restore()
	}
}

// watched is the curve of a training that a hook watches.
func watched(t *testing.T, flow bijector.Bijector, opts ...realnvp.Option) (curve []float64) {
	t.Helper()
	held := gaussian(20, 3)
	m := mustNew(t, flow, opts...)
	tc := realnvp.TrainConfig{Steps: 8, LearningRate: 5e-3, ClipNorm: 0.5, Accumulate: 2, EMA: 0.9, Validation: held, ValidateEvery: 4}
	tc.OnStep = func(s realnvp.StepInfo) error {
		logp, err := m.LogProb(t.Context(), held)
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
	return curve
}
