package record

import "math"

// NoStep stands for no step: of a figure that is of the whole run, and of an attempt that began at the beginning.
const NoStep = -1

// Standing holds for each attempt of a run, counted from 1, the last step that later attempts left standing: what it logged after that is
// superseded.
type Standing []int64

// StandingOf works it out from the steps that the attempts began from.
func StandingOf(attempts []Attempt) Standing {
	s := make(Standing, len(attempts))
	last := int64(math.MaxInt64)
	for i := len(attempts) - 1; i >= 0; i-- {
		s[i] = last
		from := int64(attempts[i].FromStep)
		if from == NoStep {
			from = math.MinInt64 // before any step that a metric can have
		}
		last = min(last, from)
	}
	return s
}

// Last is the last step of a metric that stands of what an attempt logged; the seconds of package system's metrics all do. Metric "" is of
// what is no metric, as a figure.
func (s Standing) Last(metric string, attempt int) int64 {
	if OfSystem(metric) || attempt < 1 || attempt > len(s) {
		return math.MaxInt64
	}
	return s[attempt-1]
}
