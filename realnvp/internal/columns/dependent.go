// Package columns finds the columns of a table that make its density boundless.
package columns

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Dependent says which of the columns at the given indices are linear functions of columns before them, up to the rounding of float32: the samples
// lie in a plane then. Samples that are no more than columns always do, so of those only equal columns are named.
//
// It goes through the correlation matrix R by Cholesky's R = L·Lᵀ, row by row: 1 − Σ l² is the share of a column's
// variance that the columns before do not explain.
func Dependent(columns [][]float64, at []int) (found []string) {
	if len(at) == 0 || len(columns[0]) <= len(at) {
		return equal(columns, at)
	}
	x := mat.NewDense(len(columns[0]), len(at), nil)
	eps := make([]float64, len(at)) // what rounding makes of each
	for i, c := range at {
		x.SetCol(i, columns[c])
		eps[i] = rounding(columns[c])
	}
	var r mat.SymDense
	stat.CorrelationMatrix(&r, x, nil)
	var free []int    // columns that are no function of those before
	var l [][]float64 // their rows of L
	for i := range at {
		row := make([]float64, len(free), len(free)+1)
		rest := 1.0
		for j := range free {
			sum := r.At(i, free[j])
			for k := range j {
				sum -= row[k] * l[j][k]
			}
			row[j] = sum / l[j][j]
			rest -= row[j] * row[j]
		}
		weights := backSubstitute(l, row)
		noise := eps[i] * eps[i]
		for j, w := range weights {
			noise += w * w * eps[free[j]] * eps[free[j]]
		}
		if math.Sqrt(max(0, rest)) > 1e-6+2*math.Sqrt(noise) {
			free, l = append(free, i), append(l, append(row, math.Sqrt(rest)))
			continue
		}
		var of []int
		for j, w := range weights {
			if math.Abs(w) > 1e-3 {
				of = append(of, at[free[j]])
			}
		}
		found = append(found, fmt.Sprintf("column %d is a linear function of %s", at[i], Named(of)))
	}
	return found
}

// equal says which columns are others before them over again.
func equal(columns [][]float64, at []int) (found []string) {
	for k, i := range at {
		for _, j := range at[:k] {
			if slices.Equal(columns[i], columns[j]) {
				found = append(found, fmt.Sprintf("column %d is column %d over again", i, j))
				break
			}
		}
	}
	return found
}

// rounding is the error that its type makes of a column's numbers, in units of its standard deviation; the type is float32
// where that holds all of them. No more than a hundredth, lest columns far from zero be taken for others.
func rounding(column []float64) float64 {
	unit := 0x1p-24
	if slices.ContainsFunc(column, func(v float64) bool { return float64(float32(v)) != v }) {
		unit = 0x1p-53
	}
	_, std := stat.PopMeanStdDev(column, nil)
	return min(0.01, unit*max(slices.Max(column), -slices.Min(column))/std)
}

// backSubstitute solves Lᵀ·w = row.
func backSubstitute(l [][]float64, row []float64) []float64 {
	w := slices.Clone(row)
	for j := len(w) - 1; j >= 0; j-- {
		for k := j + 1; k < len(w); k++ {
			w[j] -= l[k][j] * w[k]
		}
		w[j] /= l[j][j]
	}
	return w
}

// Named lists columns: "column 3", or "columns 1, 2, 5".
func Named(columns []int) string {
	word := "columns"
	if len(columns) == 1 {
		word = "column"
	}
	var list []string
	for _, i := range columns {
		list = append(list, fmt.Sprint(i))
	}
	return word + " " + strings.Join(list, ", ")
}
