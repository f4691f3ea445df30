package record

import "time"

// A Point is one value of a metric.
type Point struct {
	Step  int64
	At    int64 // microseconds since 1970
	Value float64
}

// A Series is the values of one metric in the order of steps; the slices have equal lengths. Values of the same step
// stay in the order they were logged in.
type Series struct {
	Metric string
	Steps  []int
	Values []float64
	Times  []int64 // microseconds since 1970

	// Attempt is set by journal.Logged alone: the attempt that logged these points.
	Attempt int
}

// Len is the number of points.
func (s Series) Len() int { return len(s.Steps) }

// Time returns when the point i was logged.
func (s Series) Time(i int) time.Time { return time.UnixMicro(s.Times[i]).UTC() }

// Less and Swap order a series by step; see sort.Interface.
func (s Series) Less(i, k int) bool { return s.Steps[i] < s.Steps[k] }

// Swap exchanges two points.
func (s Series) Swap(i, k int) {
	s.Steps[i], s.Steps[k] = s.Steps[k], s.Steps[i]
	s.Values[i], s.Values[k] = s.Values[k], s.Values[i]
	s.Times[i], s.Times[k] = s.Times[k], s.Times[i]
}

func (s *Series) Grow(n int) {
	s.Steps = make([]int, 0, n)
	s.Values = make([]float64, 0, n)
	s.Times = make([]int64, 0, n)
}

func (s *Series) Add(p Point) {
	s.Steps = append(s.Steps, int(p.Step))
	s.Values = append(s.Values, p.Value)
	s.Times = append(s.Times, p.At)
}
