package realnvp

import (
	"fmt"
	"math"
)

// StandardizeBy sets Shift and Scale to the mean and standard deviation of each number of a sample over x, after
// Preprocess and dequantization: a fixed affine map whose log-determinant log p accounts for. A pixel that is always
// dark then starts at its own narrow scale, and a short training need not learn that. x holds n·D numbers, n ≥ 2.
//
// No standard deviation is taken below floor, in units of the preprocessed data: without one, a pixel that is bright
// in one image of ten thousand would lie hundreds of standard deviations out there, and cost that image, and the
// gradient, everything.
func (c Config) StandardizeBy(x []float32, floor float64) (Config, error) {
	dim := c.Dim()
	if dim == 0 || len(x)%dim != 0 || len(x) < 2*dim {
		return c, fmt.Errorf("realnvp: StandardizeBy: %d numbers; give at least two whole samples of %d", len(x), dim)
	}
	noisy := append([]float32(nil), x...)
	if c.IsPixels() {
		Dequantize(noisy, 1)
	}
	n := float64(len(x) / dim)
	mean, square := make([]float64, dim), make([]float64, dim)
	for i, v := range noisy {
		y := c.preprocessed(float64(v))
		mean[i%dim] += y / n
		square[i%dim] += y * y / n
	}
	c.Shift, c.Scale = make([]float64, dim), make([]float64, dim)
	for i := range dim {
		std := max(floor, math.Sqrt(square[i]-mean[i]*mean[i]))
		if !(std > 0) {
			return c, fmt.Errorf("realnvp: StandardizeBy: number %d of the samples is the same in all, or not finite; it has no scale", i)
		}
		c.Shift[i], c.Scale[i] = rounded(mean[i]), rounded(std)
	}
	return c, nil
}

func (c Config) preprocessed(x float64) float64 {
	switch c.Preprocess {
	case Scale255:
		return x / 255
	case Scale256:
		return x / 256
	case Logit:
		p := c.LogitAlpha + (1-2*c.LogitAlpha)*x/256
		return math.Log(p / (1 - p))
	}
	return x
}

// rounded keeps four significant digits, so that a Config's JSON stays readable.
func rounded(v float64) float64 {
	if v == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-3)
	return math.Round(v/unit) * unit
}
