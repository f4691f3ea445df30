package realnvp_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/doctor"
)

var errEnough = errors.New("enough")

// enough is a context that is done from the second look at it on.
type enough struct {
	context.Context
	looked, done bool
}

func (e *enough) Err() error {
	if !e.looked {
		e.looked = true
		return nil
	}
	e.done = true
	return errEnough
}

// TestCancelBetweenBatches: whatever evaluates the flow ends before the next batch once its context is done, with the
// context's error and without a result.
func TestCancelBetweenBatches(t *testing.T) {
	m := newToy(t, realnvp.WithEvalBatch(8))
	pixels := newImages(t, realnvp.WithEvalBatch(8))
	wide := m.Wide()
	x, many := gaussian(64, 1), realnvp.SampleConfig{Seed: 1}
	x64 := make([]float64, len(x))
	for i, v := range x {
		x64[i] = float64(v)
	}
	two := []string{doctor.CheckFinite}
	for name, call := range map[string]func(ctx context.Context) (any, error){
		"LogProb":          func(ctx context.Context) (any, error) { return m.LogProb(ctx, x) },
		"BitsPerDim":       func(ctx context.Context) (any, error) { return pixels.BitsPerDim(ctx, make([]float32, 64*16), 3, 1) },
		"NLL":              func(ctx context.Context) (any, error) { _, _, err := m.NLL(ctx, x); return nil, err },
		"Quantile":         func(ctx context.Context) (any, error) { return m.Quantile(ctx, 0.1, x) },
		"Encode":           func(ctx context.Context) (any, error) { return m.Encode(ctx, x) },
		"Decode":           func(ctx context.Context) (any, error) { return m.Decode(ctx, x) },
		"Sample":           func(ctx context.Context) (any, error) { return m.Sample(ctx, 64, many) },
		"Interpolate":      func(ctx context.Context) (any, error) { return m.Interpolate(ctx, x[:2], x[2:4], 64) },
		"Examine":          func(ctx context.Context) (any, error) { return m.Examine(ctx, x, two) },
		"Wide.LogProb":     func(ctx context.Context) (any, error) { return wide.LogProb(ctx, x64) },
		"Wide.NLL":         func(ctx context.Context) (any, error) { _, _, err := wide.NLL(ctx, x64); return nil, err },
		"Wide.Quantile":    func(ctx context.Context) (any, error) { return wide.Quantile(ctx, 0.1, x64) },
		"Wide.Encode":      func(ctx context.Context) (any, error) { return wide.Encode(ctx, x64) },
		"Wide.Decode":      func(ctx context.Context) (any, error) { return wide.Decode(ctx, x64) },
		"Wide.Sample":      func(ctx context.Context) (any, error) { return wide.Sample(ctx, 64, many) },
		"Wide.Interpolate": func(ctx context.Context) (any, error) { return wide.Interpolate(ctx, x64[:2], x64[2:4], 64) },
		"Wide.Examine":     func(ctx context.Context) (any, error) { return wide.Examine(ctx, x64, two) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := &enough{Context: t.Context()}
			got, err := call(ctx)
			if !ctx.done || !errors.Is(err, errEnough) {
				t.Errorf("it gives %v and %v", got, err)
			}
		})
	}
}

// TestTheLastValidationIsMadeUpFor where it was cut, though no step is left to take; not where nothing validates any more.
func TestTheLastValidationIsMadeUpFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.safetensors")
	src := func() *realnvp.Points { return points(t, gaussian(100, 1), 2, 20) }
	ctx, cancel := context.WithCancel(t.Context())
	tc := realnvp.TrainConfig{Steps: 3, EMA: 0.9, Checkpoint: path, Validation: gaussian(50, 2), ValidateEvery: 3,
		OnStep: func(s realnvp.StepInfo) error {
			if s.Step == 3 {
				cancel()
			}
			return nil
		}}
	if _, err := newToy(t).Train(ctx, src(), tc); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	m, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Train(t.Context(), src(), realnvp.TrainConfig{Steps: 3}); err != nil {
		t.Errorf("without a validation: %v", err)
	}
	result, err := m.Train(t.Context(), src(), tc)
	if err != nil || result.Last.Step != 3 || result.Best.NLL != nll(t, m, tc.Validation) {
		t.Errorf("%+v, %v", result, err)
	}
	// It is in the checkpoint, and made up for once.
	if m, err = realnvp.Load(path); err != nil {
		t.Fatal(err)
	}
	again, err := m.Train(t.Context(), src(), tc)
	if err != nil || again.Stopped == "" || again.Best != result.Best {
		t.Errorf("%+v, %v", again, err)
	}
}
