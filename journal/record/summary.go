package record

import (
	"math"
	"strconv"
)

// A Summary sums up a metric series: the points that are not superseded by a resumed attempt.
// Min and Max are of the finite values, NaN where there are none.
type Summary struct {
	Count     int
	NotFinite int // how many values are NaN or infinite
	First     int
	LastStep  int
	Last      float64 // the value logged last
	Min       float64
	MinStep   int
	Max       float64
	MaxStep   int

	Better Better // what the program said of the metric; "": nothing
}

// Add takes one more point into the summary.
func (s *Summary) Add(p Point) {
	if s.Count == 0 {
		*s = Summary{First: int(p.Step), Last: p.Value, Min: math.NaN(), Max: math.NaN()}
	}
	s.Count++
	s.First = min(s.First, int(p.Step))
	s.LastStep = int(p.Step)
	s.Last = p.Value
	if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
		s.NotFinite++
		return
	}
	if !(s.Min <= p.Value) {
		s.Min, s.MinStep = p.Value, int(p.Step)
	}
	if !(s.Max >= p.Value) {
		s.Max, s.MaxStep = p.Value, int(p.Step)
	}
}

// Best returns the best finite value of the metric and its step, in the direction that the program said (journal.Run.Metric), else in that of
// its name ([DefaultBetter]). Where there is no such value, as of a learning rate, it is NaN, of step 0.
func (s Summary) Best(metric string) (value float64, step int) {
	better := s.Better
	if better == "" {
		better = DefaultBetter(metric)
	}
	switch {
	case better == None || math.IsNaN(s.Min):
		return math.NaN(), 0
	case better == Higher:
		return s.Max, s.MaxStep
	}
	return s.Min, s.MinStep
}

// BestText is [Summary.Best] for people to read; both are empty where there is no best value.
func (s Summary) BestText(metric string) (value, step string) {
	best, at := s.Best(metric)
	if math.IsNaN(best) {
		return "", ""
	}
	return ShortValue(best), strconv.Itoa(at)
}

// Outdated tells that a summary is of a journal whose extremes could be infinite: they have to be found anew.
func (s Summary) Outdated() bool { return math.IsInf(s.Min, 0) || math.IsInf(s.Max, 0) }
