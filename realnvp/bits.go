package realnvp

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/stat"
)

const dtypeFloat64 = dtypes.Float64

// Bits is a score in bits per dimension with what is needed to trust it.
type Bits struct {
	// Mean over the finite samples, in bits per dimension; NaN where there is none.
	Mean float64 `json:"mean"`
	// StdErr is the standard error of Mean over samples; 0 for fewer than two.
	StdErr float64 `json:"std_err"`
	// Samples is the number of finite ones averaged.
	Samples int `json:"samples"`
	// NonFinite are the indices, from 0, of samples whose log p was not finite; they are not in Mean.
	NonFinite []int `json:"non_finite,omitempty"`
}

// String is "2.345 ± 0.006 bits/dim (1000 samples)", with a warning where samples were not finite.
func (b Bits) String() string {
	s := fmt.Sprintf("%.3f ± %.3f bits/dim (%d samples)", b.Mean, b.StdErr, b.Samples)
	if len(b.NonFinite) > 0 {
		s += fmt.Sprintf(", %d more not finite: %v", len(b.NonFinite), b.NonFinite[:min(5, len(b.NonFinite))])
	}
	return s
}

// Dequantize adds uniform noise in [0, 1) to pixels, whole numbers 0…255, in place, and leaves them below 256 (Theis
// et al. 2016, arXiv:1511.01844; Dinh et al. 2016, section 4.1). The noise depends on seed alone.
func Dequantize(pixels []float32, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x6465717561))
	for i := range pixels {
		v := pixels[i] + rng.Float32()
		if v >= 256 { // the nearest float32 to 255.99999…
			v = math.Nextafter32(256, 0)
		}
		pixels[i] = v
	}
}

// BitsPerDim scores pixels 0…255, n·D of them, in bits per dimension, −log p/(D·ln 2), averaged over samples and over
// draws of dequantization noise (draws below 1 count as 1; seed draws them: two seeds share none). A uniform model scores exactly 8.
// Samples whose log p is not finite are listed in the result and are no error. It fails for pixels outside [0, 255] or
// not whole, for a model of vectors, for which there is NLL, and as LogProb does.
func (m *Model) BitsPerDim(ctx context.Context, pixels []float32, draws int, seed uint64, opts ...EvalOption) (Bits, error) {
	if !m.settings.Pixels {
		return Bits{}, fmt.Errorf("realnvp: BitsPerDim wants a model of pixels, by New's option Pixels, and this is none: use NLL")
	}
	if err := checkPixels(m, "bits per dimension", pixels); err != nil {
		return Bits{}, err
	}
	draws = max(draws, 1)
	sum := make([]float64, len(pixels)/m.Dim())
	noisy := make([]float32, len(pixels))
	seeds := rand.New(rand.NewPCG(seed, 0x62697473))
	for d := range draws {
		copy(noisy, pixels)
		if d > 0 { // not seed+1, which is another call's
			seed = seeds.Uint64()
		}
		Dequantize(noisy, seed)
		logp, err := m.LogProb(ctx, noisy, opts...)
		if err != nil {
			return Bits{}, err
		}
		for i, v := range logp {
			sum[i] += v / float64(draws)
		}
	}
	unit := -1 / (float64(m.Dim()) * math.Ln2)
	return average(sum, unit), nil
}

// NLL is the mean of −log p over samples, in nats a sample, with its standard error. It fails as LogProb does, and
// where the log p of a sample is not finite; mean and stdErr are then those of the others.
func (m *Model) NLL(ctx context.Context, x []float32, opts ...EvalOption) (mean, stdErr float64, err error) {
	return meanNLL(m.LogProb(ctx, x, opts...))
}

func meanNLL(logp []float64, err error) (mean, stdErr float64, _ error) {
	if err != nil {
		return math.NaN(), math.NaN(), err
	}
	score := average(logp, -1)
	if len(score.NonFinite) > 0 {
		return score.Mean, score.StdErr, fmt.Errorf("realnvp: log p of %d of %d samples is not finite, the first is sample %d",
			len(score.NonFinite), len(logp), score.NonFinite[0])
	}
	return score.Mean, score.StdErr, nil
}

// average is the mean and standard error of unit·logp, non-finite values left out and named.
func average(logp []float64, unit float64) Bits {
	var b Bits
	var finite []float64
	for i, v := range logp {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b.NonFinite = append(b.NonFinite, i)
			continue
		}
		finite = append(finite, v*unit)
	}
	b.Samples = len(finite)
	mean, std := stat.MeanStdDev(finite, nil) // of none NaN, and of one NaN for std
	b.Mean = mean
	if b.Samples > 1 {
		b.StdErr = stat.StdErr(std, float64(b.Samples))
	}
	return b
}

// checkPixels names the first value that is not in [0, 255], or not whole: noise is added to them.
func checkPixels(m *Model, what string, pixels []float32) error {
	if err := checkRange(m, what, pixels, 255); err != nil {
		return err
	}
	for i, v := range pixels {
		if v != float32(int(v)) {
			return fmt.Errorf("realnvp: %s: pixel %d of sample %d is %v, which is not whole; give pixels 0…255 as pictures have them, neither scaled to 0…1 nor with noise, "+
				"which is added here (LogProb, and a training with NoDequantize, take them with it)", what, i%m.Dim(), i/m.Dim(), v)
		}
	}
	return nil
}

// checkRange names the first value outside [0, top].
func checkRange(m *Model, what string, pixels []float32, top float32) error {
	if err := checkSamples(m, what, pixels); err != nil {
		return err
	}
	for i, v := range pixels {
		if v < 0 || v > top {
			return fmt.Errorf("realnvp: %s: pixel %d of sample %d is %v, outside [0, %v]", what, i%m.Dim(), i/m.Dim(), v, top)
		}
	}
	return nil
}
