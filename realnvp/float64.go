package realnvp

import (
	"context"
	"iter"
)

// Wide are the methods of a Model for float64 samples: for data whose digits float32 does not hold, with a model in
// float64 (Config.DType, or New's option Float64). A model in float32 rounds them.
type Wide struct{ m *Model }

// Wide gives the model's methods for float64 samples.
func (m *Model) Wide() Wide { return Wide{m} }

// LogProb is Model.LogProb.
func (w Wide) LogProb(x []float64, opts ...EvalOption) ([]float64, error) {
	return logProbs(context.Background(), w.m, x, opts...)
}

// NLL is Model.NLL.
func (w Wide) NLL(x []float64, opts ...EvalOption) (mean, stdErr float64, err error) {
	return meanNLL(w.LogProb(x, opts...))
}

// Encode is Model.Encode.
func (w Wide) Encode(x []float64, opts ...EvalOption) ([]float64, error) { return encode(w.m, x, opts) }

// Decode is Model.Decode.
func (w Wide) Decode(z []float64, opts ...EvalOption) ([]float64, error) {
	return decode(context.Background(), w.m, z, opts)
}

// Sample is Model.Sample.
func (w Wide) Sample(n int, c SampleConfig) ([]float64, error) { return sample[float64](w.m, n, c) }

// Samples is Model.Samples.
func (w Wide) Samples(ctx context.Context, n int, c SampleConfig) iter.Seq2[[]float64, error] {
	return samples[float64](ctx, w.m, n, c)
}

// Interpolate is Model.Interpolate.
func (w Wide) Interpolate(a, b []float64, steps int, opts ...EvalOption) ([]float64, error) {
	return interpolate(w.m, a, b, steps, opts)
}
