package record

import (
	"math"
	"testing"
)

// TestWinner decides who is best, and that nobody is when several are.
func TestWinner(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		metric string
		values []float64
		want   int
	}{
		{"loss", []float64{3, 1, 2}, 1},
		{"val_accuracy", []float64{3, 1, 2}, 0},
		{"loss", []float64{1, 1, 2}, -1},
		{"loss", []float64{2, 2, 1}, 2},
		{"loss", []float64{nan, 1, nan}, 1},
		{"loss", []float64{nan, nan}, -1},
		{"loss", []float64{math.Inf(-1), nan, 0}, 2},
		{"loss", []float64{math.Inf(-1), nan}, -1},
		{"accuracy", []float64{math.Inf(1), 0.5, 0.4}, 1},
		{"lr", []float64{3, 1, 2}, -1},
		{"loss", nil, -1},
	} {
		if got := DefaultBetter(c.metric).Winner(c.values); got != c.want {
			t.Errorf("%s of %v: %d, want %d", c.metric, c.values, got, c.want)
		}
	}
}

// TestDirection takes a metric's direction from what the programs say, before its name.
func TestDirection(t *testing.T) {
	said := func(b Better) *Run { return &Run{Better: map[string]Better{"m": b}} }
	for _, c := range []struct {
		runs []*Run
		want Better
	}{
		{nil, Lower}, {[]*Run{{}, said(Higher), {}}, Higher}, {[]*Run{said(None)}, None}, {[]*Run{said(Higher), said(Lower)}, None},
		{[]*Run{said(Higher), said(Higher)}, Higher},
	} {
		if got := Direction("m", c.runs...); got != c.want {
			t.Errorf("%v: %s, want %s", c.runs, got, c.want)
		}
	}
	rows := MetricRows([]*Run{
		{Better: map[string]Better{"m": Higher}, Metrics: map[string]Summary{"m": {Count: 2, Last: 1, Min: 1, Max: 5, MaxStep: 1, Better: Higher}}},
		{Metrics: map[string]Summary{"m": {Count: 2, Last: 2, Min: 2, Max: 3, MaxStep: 1}}},
	})
	if r := rows[0]; r.Winner != 0 || r.Best[0] != 5 || r.Best[1] != 3 || r.Better != Higher {
		t.Errorf("the row is %+v", r)
	}
}
