package group

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"flowbook/journal"
)

// A scale places values on an axis, from 0 to 1.
type scale struct {
	label  string
	low    float64
	high   float64
	log    bool
	places map[string]float64 // of a parameter's values
	marks  []mark
}

// A mark is a value written on an axis.
type mark struct {
	at   float64
	text string
}

// wide is the ratio of ends from which an axis is logarithmic.
const wide = 30

// numbers is the scale of a metric.
func numbers(label string, values []float64) *scale {
	s := between(label, values)
	margin := (s.high - s.low) * 0.06
	s.low, s.high = s.low-margin, s.high+margin
	least := 0.0
	if s.log && s.high-s.low >= 1 {
		least = 1 // whole powers of ten
	}
	for _, v := range journal.Ticks(s.low, s.high, 4, least) {
		value := v
		if s.log {
			value = math.Pow(10, v)
		}
		s.marks = append(s.marks, mark{(v - s.low) / (s.high - s.low), journal.TickLabel(value)})
	}
	return s
}

// between is a scale from the least to the greatest value.
func between(label string, values []float64) *scale {
	s := &scale{label: label, low: slices.Min(values), high: slices.Max(values)}
	if s.low > 0 && s.high/s.low >= wide {
		s.log, s.low, s.high = true, math.Log10(s.low), math.Log10(s.high)
	}
	if s.low == s.high {
		d := max(math.Abs(s.low)*0.05, 1e-12)
		s.low, s.high = s.low-d, s.high+d
	}
	return s
}

// at places a number.
func (s *scale) at(v float64) float64 {
	if s.log {
		v = math.Log10(v)
	}
	return (v - s.low) / (s.high - s.low)
}

// maxMarks is how many values of a parameter are written on its axis.
const maxMarks = 6

// parameter is the scale of a parameter: by size where all its values are numbers, else each at the same distance from the next.
func parameter(path string, values []string) *scale {
	distinct := slices.Compact(slices.Sorted(slices.Values(values)))
	sizes := make(map[string]float64, len(distinct))
	for _, v := range distinct {
		if f, err := strconv.ParseFloat(v, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			sizes[v] = f
		}
	}
	s := &scale{label: path, places: map[string]float64{}}
	if len(sizes) == len(distinct) {
		slices.SortFunc(distinct, func(a, b string) int { return cmp.Compare(sizes[a], sizes[b]) })
		all := make([]float64, len(distinct))
		for i, v := range distinct {
			all[i] = sizes[v]
		}
		span := between(path, all)
		for _, v := range distinct {
			s.places[v] = span.at(sizes[v])
		}
	} else {
		for i, v := range distinct {
			s.places[v] = 0.5
			if len(distinct) > 1 {
				s.places[v] = float64(i) / float64(len(distinct)-1)
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
		s.marks = append(s.marks, mark{s.places[v], text})
	}
	return s
}
