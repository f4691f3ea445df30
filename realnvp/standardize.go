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

// Standardize gives the layer (x − mean)/std, by the mean and standard deviation (that of the population, by n) of each of dim
// numbers of a sample over x, n·dim numbers, n ≥ 2, exact to float64: a fixed map, whose log-determinant log p accounts for.
// A flow of vectors in units of their own begins with it:
//
//	flow := append(bijector.Chain{{Name: "standardize", Bijector: layer}}, preset.Plane()...)
//
// It fails for numbers that are not finite, and for columns, numbers of a sample that count from 0, whose density has no
// bound: the same in all samples, equal to another column, or a linear function of others. Drop such columns, or add noise of
// their own resolution to them.
func Standardize[T float32 | float64](x []T, dim int) (bijector.Affine, error) {
	table, err := columnsOf("Standardize", x, dim)
	if err != nil {
		return bijector.Affine{}, err
	}
	shift, scale, err := moments("Standardize", table, 0)
	if err == nil {
		err = independent("Standardize", table)
	}
	return bijector.Affine{Shift: shift, Scale: scale}, err
}

// StandardizeFloor is Standardize for the pixels of images, after their logit or scaling: no standard deviation is taken below
// floor, which is above 0. Without one, a pixel that is bright in one image of ten thousand would lie hundreds of standard
// deviations out there, and cost that image, and the gradient, everything. Pixels that are the same in all images, or that
// depend on others, are no error.
func StandardizeFloor[T float32 | float64](x []T, dim int, floor float64) (bijector.Affine, error) {
	if !(floor > 0) || math.IsInf(floor, 0) {
		return bijector.Affine{}, fmt.Errorf("realnvp: StandardizeFloor: a floor of %v; it must be above 0, and finite", floor)
	}
	table, err := columnsOf("StandardizeFloor", x, dim)
	if err != nil {
		return bijector.Affine{}, err
	}
	shift, scale, err := moments("StandardizeFloor", table, floor)
	return bijector.Affine{Shift: shift, Scale: scale}, err
}

// columnsOf are the columns of n·dim numbers.
func columnsOf[T float32 | float64](doing string, x []T, dim int) ([][]float64, error) {
	if dim < 1 || len(x)%dim != 0 || len(x) < 2*dim {
		return nil, fmt.Errorf("realnvp: %s: %d numbers; give at least two whole samples of %d", doing, len(x), dim)
	}
	table := make([][]float64, dim)
	for i, v := range x {
		table[i%dim] = append(table[i%dim], float64(v))
	}
	return table, nil
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
		return nil, nil, fmt.Errorf("realnvp: %s: the same number in all samples, and so no scale, in %s; drop it, or, of pixels, use StandardizeFloor", doing, columns.Named(constant))
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
