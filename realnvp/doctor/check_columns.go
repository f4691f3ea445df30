package doctor

import (
	"fmt"
	"slices"
	"strings"

	"flowbook/realnvp/internal/columns"
)

// checkColumns asks of vectors that no column is constant, another one over again or a linear function of others, or of
// few values: the likelihood of such data has no bound, so that it says nothing, and training drives it on and on.
func (e *exam) checkColumns() []Check {
	line := Check{Name: CheckColumns, Verdict: Skipped, Value: none, Limit: 0, Detail: "samples are no vectors"}
	if len(e.dims) != 1 {
		return []Check{line}
	}
	table := make([][]float64, e.size)
	for i, v := range e.values {
		table[i%e.size] = append(table[i%e.size], v)
	}
	var found []string
	var varying []int
	for i, column := range table {
		if slices.Min(column) == slices.Max(column) {
			found = append(found, fmt.Sprintf("column %d is %.6g in all samples", i, column[0]))
		} else {
			varying = append(varying, i)
		}
	}
	few := columns.Few(table, varying)
	dependent := columns.Dependent(table, varying)
	found = append(append(found, dependent...), few...)
	line.Verdict, line.Value, line.Detail = OK, float64(len(found)), "columns without a scale of their own"
	if len(found) == 0 {
		return []Check{line}
	}
	line.Verdict = Warn
	line.Detail = strings.Join(found[:min(5, len(found))], "; ")
	if more := len(found) - 5; more > 0 {
		line.Detail += fmt.Sprintf("; and %d more", more)
	}
	line.Remedy = "the likelihood of such data has no bound: drop the column, condition on it, or add uniform noise as wide as its steps"
	if len(found) == len(few) {
		return []Check{line}
	}
	line.Remedy = "the likelihood of such data has no bound: drop the column, or add noise to it"
	return []Check{line}
}
