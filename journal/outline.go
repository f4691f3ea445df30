package journal

import (
	"context"
	"math"
)

// outlinePoints is how many points of a metric an outline has at most: many more than a picture has columns.
const outlinePoints = 1 << 18

// EachOutline hands the metrics of a run to visit as [Journal.EachSeries] does, but of those that have more points than any picture shows
// what there is to see of them: of neighbours the first, least, greatest and last, and one that is not finite.
func (j *Journal) EachOutline(ctx context.Context, run string, visit func(Series) error, metrics ...string) error {
	return j.eachSeries(ctx, run, func(s *Series) {
		if s.Len() >= outlinePoints {
			thin(s)
		}
	}, visit, metrics...)
}

// Outline is [Journal.EachOutline] of one metric.
func (j *Journal) Outline(ctx context.Context, run, metric string) (Series, error) {
	var found *Series
	err := j.EachOutline(ctx, run, func(s Series) error { found = &s; return nil }, metric)
	if err != nil {
		return Series{}, err
	}
	if found == nil {
		return Series{}, j.noMetric(ctx, run, metric)
	}
	return *found, nil
}

// thin keeps at most five of each ten neighbours of a series, in their order.
func thin(s *Series) {
	const group = 10
	n := 0
	for from := 0; from < s.Len(); from += group {
		to := min(from+group, s.Len())
		least, greatest, odd := -1, -1, -1
		for i, v := range s.Values[from:to] {
			switch i += from; {
			case math.IsNaN(v) || math.IsInf(v, 0):
				odd = i
				continue
			case least < 0 || v < s.Values[least]:
				least = i
			}
			if greatest < 0 || v > s.Values[greatest] {
				greatest = i
			}
		}
		for i := from; i < to; i++ {
			if i == from || i == to-1 || i == least || i == greatest || i == odd {
				s.Steps[n], s.Values[n], s.Times[n] = s.Steps[i], s.Values[i], s.Times[i]
				n++
			}
		}
	}
	s.Steps, s.Values, s.Times = s.Steps[:n], s.Values[:n], s.Times[:n]
}
