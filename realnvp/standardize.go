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
	table, exponents, err := columnsOf("Standardize", x, dim)
	if err != nil {
		return bijector.Affine{}, err
	}
	layer, err := moments("Standardize", table, exponents, 0)
	if err != nil {
		return bijector.Affine{}, err
	}
	return layer, independent("Standardize", table)
}

// StandardizeFloor is Standardize for the pixels of images, after their logit or scaling: no standard deviation is
// taken below floor, which is above 0, in the unit of x. Without one, a pixel that is bright in one image of ten
// thousand would lie hundreds of standard deviations out there, and cost that image, and the gradient, everything.
// Pixels that are the same in all images, or that depend on others, are no error; a floor that is not above 0, and
// numbers that are not finite, are.
func StandardizeFloor[T float32 | float64](x []T, dim int, floor float64) (bijector.Affine, error) {
	if !(floor > 0) || math.IsInf(floor, 0) {
		return bijector.Affine{}, fmt.Errorf("realnvp: StandardizeFloor: a floor of %v; it must be above 0, and finite", floor)
	}
	table, exponents, err := columnsOf("StandardizeFloor", x, dim)
	if err != nil {
		return bijector.Affine{}, err
	}
	return moments("StandardizeFloor", table, exponents, floor)
}

// columnsOf are the columns of n·dim numbers, each scaled by a power of two so that its largest lies in [½, 1): their squares
// then neither overflow nor vanish, and no digit changes. exponents undo it.
func columnsOf[T float32 | float64](doing string, x []T, dim int) (table [][]float64, exponents []int, err error) {
	if dim < 1 || len(x)%dim != 0 || len(x) < 2*dim {
		return nil, nil, fmt.Errorf("realnvp: %s: %d numbers; give at least two whole samples of %d", doing, len(x), dim)
	}
	table, exponents = make([][]float64, dim), make([]int, dim)
	for i, v := range x {
		if !finite(float64(v)) {
			return nil, nil, fmt.Errorf("realnvp: %s: row %d holds %v in column %d (both count from 0); remove the row, or fill in the number", doing, i/dim, v, i%dim)
		}
		table[i%dim] = append(table[i%dim], float64(v))
	}
	for i, column := range table {
		_, exponents[i] = math.Frexp(max(slices.Max(column), -slices.Min(column)))
		for k, v := range column {
			column[k] = math.Ldexp(v, -exponents[i])
		}
	}
	return table, exponents, nil
}

// moments is the layer that takes the mean and standard deviation out of each column.
func moments(doing string, table [][]float64, exponents []int, floor float64) (bijector.Affine, error) {
	var layer bijector.Affine
	var constant []int
	for i, column := range table {
		mean, std := stat.PopMeanStdDev(column, nil)
		if isConstant(column) {
			mean, std = column[0], 0 // which rounding may miss
			constant = append(constant, i)
		}
		layer.Shift = append(layer.Shift, math.Ldexp(mean, exponents[i]))
		layer.Scale = append(layer.Scale, max(math.Ldexp(std, exponents[i]), floor))
	}
	if len(constant) > 0 && floor == 0 {
		return bijector.Affine{}, fmt.Errorf("realnvp: %s: the same number in all samples, and so no scale, in %s; drop it, or, of pixels, use StandardizeFloor", doing, columns.Named(constant))
	}
	return layer, nil
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
