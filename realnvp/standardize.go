package realnvp

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/columns"
)

// StandardizeBy sets Shift and Scale to the mean and standard deviation (that of the population, by n) of each number
// of a sample over x, after Preprocess and dequantization: a fixed affine map whose log-determinant log p accounts for.
// A pixel that is always dark then starts at its own narrow scale, and a short training need not learn that. x holds n·D
// numbers, n ≥ 2.
//
// No standard deviation is taken below floor, in units of the preprocessed data: without one, a pixel that is bright
// in one image of ten thousand would lie hundreds of standard deviations out there, and cost that image, and the
// gradient, everything.
//
// It fails for numbers that are not finite, and for columns, numbers of a sample that count from 0, whose density has no
// bound: the same in all samples (where floor is 0), or, for vectors, equal to another column or a linear function of
// others. Drop such columns, or add noise of their own resolution to them.
func (c Config) StandardizeBy(x []float32, floor float64) (Config, error) {
	if c.IsPixels() {
		x = slices.Clone(x)
		Dequantize(x, 1)
	}
	return standardizeBy(c, x, floor)
}

// StandardizeBy64 is StandardizeBy for samples whose digits float32 does not hold, and that are no pixels.
func (c Config) StandardizeBy64(x []float64, floor float64) (Config, error) {
	if c.IsPixels() {
		return c, fmt.Errorf("realnvp: StandardizeBy64: pixels have no more digits than float32; use StandardizeBy")
	}
	return standardizeBy(c, x, floor)
}

func standardizeBy[T float32 | float64](c Config, x []T, floor float64) (Config, error) {
	dim := c.Dim()
	if dim == 0 || len(x)%dim != 0 || len(x) < 2*dim {
		return c, fmt.Errorf("realnvp: StandardizeBy: %d numbers; give at least two whole samples of %d", len(x), dim)
	}
	if !(floor >= 0) || math.IsInf(floor, 0) {
		return c, fmt.Errorf("realnvp: StandardizeBy: a floor of %v; it must be 0 or above, and finite", floor)
	}
	table := make([][]float64, dim)
	for i, v := range x {
		table[i%dim] = append(table[i%dim], c.preprocessed(float64(v)))
	}
	var err error
	c.Shift, c.Scale, err = moments("StandardizeBy", table, floor)
	if err == nil && !c.IsImage() {
		err = independent("StandardizeBy", table)
	}
	return c, err
}

// Standardize gives the layer that StandardizeBy makes of a Config, for a flow by hand of vectors of dim numbers:
//
//	flow := append(bijector.Chain{{Name: "standardize", Bijector: layer}}, preset.Plane()...)
//
// It fails as StandardizeBy does.
func Standardize[T float32 | float64](x []T, dim int) (bijector.Affine, error) {
	if dim < 1 || len(x)%dim != 0 || len(x) < 2*dim {
		return bijector.Affine{}, fmt.Errorf("realnvp: Standardize: %d numbers; give at least two whole samples of %d", len(x), dim)
	}
	table := make([][]float64, dim)
	for i, v := range x {
		table[i%dim] = append(table[i%dim], float64(v))
	}
	shift, scale, err := moments("Standardize", table, 0)
	if err == nil {
		err = independent("Standardize", table)
	}
	return bijector.Affine{Shift: shift, Scale: scale}, err
}

// moments are the mean and standard deviation of each column.
func moments(doing string, table [][]float64, floor float64) (shift, scale []float64, err error) {
	var constant []int
	for i, column := range table {
		if row := slices.IndexFunc(column, func(v float64) bool { return !finite(v) }); row >= 0 {
			return nil, nil, fmt.Errorf("realnvp: %s: row %d holds %v in column %d (both count from 0); remove the row, or fill in the number", doing, row, column[row], i)
		}
		mean, std := stat.PopMeanStdDev(column, nil)
		if isConstant(column) {
			mean, std = column[0], 0 // which rounding may miss
			constant = append(constant, i)
		}
		shift, scale = append(shift, mean), append(scale, max(std, floor))
	}
	if len(constant) > 0 && floor == 0 {
		return nil, nil, fmt.Errorf("realnvp: %s: the same number in all samples, and so no scale, in %s; drop it, or give a floor above 0", doing, columns.Named(constant))
	}
	return shift, scale, nil
}

func isConstant(column []float64) bool { return slices.Min(column) == slices.Max(column) }

// independent names columns that are functions of others.
func independent(doing string, table [][]float64) error {
	var varying []int
	for i, column := range table {
		if !isConstant(column) {
			varying = append(varying, i)
		}
	}
	of := columns.Dependent(table, varying)
	if len(of) == 0 {
		return nil
	}
	return fmt.Errorf("realnvp: %s: %s; the density of such data has no bound: drop the column, or add noise to it", doing, strings.Join(of[:min(5, len(of))], "; "))
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
