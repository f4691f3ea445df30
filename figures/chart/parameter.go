package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// A parameter is an axis of texts: where each of its values is, from 0 to 1, and what is written.
type parameter struct {
	places map[string]float64
	marks  []mark
}

// maxMarks is how many values of a parameter are written on its axis.
const maxMarks = 6

// wide is the ratio of ends from which an axis is logarithmic.
const wide = 30

// newParameter places values by size where all of them are numbers, else each at the same distance from the next.
func newParameter(values []string) parameter {
	distinct := slices.Compact(slices.Sorted(slices.Values(values)))
	sizes := make(map[string]float64, len(distinct))
	for _, v := range distinct {
		if f, err := strconv.ParseFloat(v, 64); err == nil && isFinite(f) {
			sizes[v] = f
		}
	}
	p := parameter{places: map[string]float64{}}
	if len(sizes) == len(distinct) {
		slices.SortFunc(distinct, func(a, b string) int { return cmp.Compare(sizes[a], sizes[b]) })
		all := make([]float64, len(distinct))
		for i, v := range distinct {
			all[i] = sizes[v]
		}
		span := axisOf(all)
		for i, v := range distinct {
			p.places[v] = span.at(all[i])
		}
	} else {
		for i, v := range distinct {
			p.places[v] = 0.5
			if len(distinct) > 1 {
				p.places[v] = float64(i) / float64(len(distinct)-1)
			}
		}
	}
	for i := range min(len(distinct), maxMarks) {
		v := distinct[i]
		if len(distinct) > maxMarks {
			v = distinct[i*(len(distinct)-1)/(maxMarks-1)]
		}
		text := v
		if f, ok := sizes[v]; ok && len(v) > 6 {
			text = fmt.Sprintf("%.3g", f)
		}
		p.marks = append(p.marks, mark{p.places[v], short(text, 10)})
	}
	return p
}

// axisOf is an axis over numbers, logarithmic where they are positive and far apart.
func axisOf(values []float64) axis {
	scale := Linear
	if low := slices.Min(values); low > 0 && slices.Max(values)/low >= wide {
		scale = Log
	}
	a, _ := newAxis(scale, slices.Values(values))
	return a
}
