package columns

import "fmt"

// fewSamples is from how many samples on repetition says something of a column.
const fewSamples = 50

// Few says which of the columns at the given indices have few values, each taken again and again: a density of such
// data grows without bound at each of them. One value in a tenth of the samples is enough, or each taken ten times on
// the average.
func Few(columns [][]float64, at []int) (found []string) {
	for _, i := range at {
		column := columns[i]
		if len(column) < fewSamples {
			continue
		}
		times, most, often := map[float64]int{}, 0.0, 0
		for _, v := range column {
			if times[v]++; times[v] > often {
				most, often = v, times[v]
			}
		}
		switch {
		case 10*len(times) <= len(column):
			found = append(found, fmt.Sprintf("column %d has %d values in %d samples", i, len(times), len(column)))
		case 10*often >= len(column):
			found = append(found, fmt.Sprintf("column %d is %.6g in %d of %d samples", i, most, often, len(column)))
		}
	}
	return found
}
