package realnvp

import (
	"context"
	"iter"

	"flowbook/realnvp/doctor"
)

// Wide are the methods of a Model for float64 samples, with the shapes, units and errors of the Model's own: for data
// whose digits float32 does not hold, with a model in float64 (New's option Float64). A model in float32 rounds them.
// BitsPerDim and Stages are not among them: pixels 0…255 are exact in float32.
type Wide struct{ m *Model }

// Wide gives the model's methods for float64 samples.
func (m *Model) Wide() Wide { return Wide{m} }

// LogProb is Model.LogProb.
func (w Wide) LogProb(ctx context.Context, x []float64, opts ...EvalOption) ([]float64, error) {
	return logProbs(ctx, w.m, x, opts)
}

// NLL is Model.NLL.
func (w Wide) NLL(ctx context.Context, x []float64, opts ...EvalOption) (mean, stdErr float64, err error) {
	return meanNLL(w.LogProb(ctx, x, opts...))
}

// Quantile is Model.Quantile.
func (w Wide) Quantile(ctx context.Context, p float64, heldOut []float64, opts ...EvalOption) (float64, error) {
	return quantile(ctx, w.m, p, heldOut, opts)
}

// Encode is Model.Encode.
func (w Wide) Encode(ctx context.Context, x []float64, opts ...EvalOption) ([]float64, error) {
	return encode(ctx, w.m, x, opts)
}

// Decode is Model.Decode.
func (w Wide) Decode(ctx context.Context, z []float64, opts ...EvalOption) ([]float64, error) {
	return decode(ctx, w.m, z, opts)
}

// Sample is Model.Sample.
func (w Wide) Sample(ctx context.Context, n int, c SampleConfig) ([]float64, error) {
	return sample[float64](ctx, w.m, n, c)
}

// Samples is Model.Samples.
func (w Wide) Samples(ctx context.Context, n int, c SampleConfig) iter.Seq2[[]float64, error] {
	return samples[float64](ctx, w.m, n, c)
}

// Latent is Model.Latent.
func (w Wide) Latent(n int, c SampleConfig) ([]float64, error) { return latent[float64](w.m, n, c) }

// Interpolate is Model.Interpolate.
func (w Wide) Interpolate(ctx context.Context, a, b []float64, steps int, opts ...EvalOption) ([]float64, error) {
	return interpolate(ctx, w.m, a, b, steps, opts)
}

// Examine is Model.Examine.
func (w Wide) Examine(ctx context.Context, x []float64, only []string, opts ...EvalOption) (*doctor.Report, error) {
	return examine(ctx, w.m, x, only, opts)
}
