package doctor

import "math"

// moments are the mean and the biased variance of each channel, the last axis, over the batch and all positions.
type moments struct {
	mean, variance []float64
	count          int // values of a channel
}

func momentsOf(values []float64, channels int) moments {
	m := moments{make([]float64, channels), make([]float64, channels), len(values) / channels}
	for i, v := range values {
		m.mean[i%channels] += v
	}
	for c := range m.mean {
		m.mean[c] /= float64(m.count)
	}
	for i, v := range values {
		d := v - m.mean[i%channels]
		m.variance[i%channels] += d * d
	}
	for c := range m.variance {
		m.variance[c] /= float64(m.count)
	}
	return m
}

// relativeError is max |a − b| / max(1, max |b|); NaN where any of it is.
func relativeError(a, b []float64) float64 {
	off, scale := 0.0, 1.0
	for i := range a {
		if d := math.Abs(a[i] - b[i]); worse(d, off) {
			off = d
		}
		scale = math.Max(scale, math.Abs(b[i]))
	}
	return off / scale
}

// oppositeError is max |a + b| / (1 + max |a|), for log-determinants that should add to zero.
func oppositeError(a, b []float64) float64 {
	off, scale := 0.0, 0.0
	for i := range a {
		if d := math.Abs(a[i] + b[i]); worse(d, off) {
			off = d
		}
		scale = math.Max(scale, math.Abs(a[i]))
	}
	return off / (1 + scale)
}

func largest(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		if a := math.Abs(v); worse(a, most) {
			most = a
		}
	}
	return most
}

// largestOfBatch is the largest magnitude of each element over n samples.
func largestOfBatch(values []float64, n int) []float64 {
	most := make([]float64, len(values)/n)
	for i, v := range values {
		if a, at := math.Abs(v), i%len(most); worse(a, most[at]) {
			most[at] = a
		}
	}
	return most
}

func countBad(values []float64) (n int) {
	for _, v := range values {
		if !isFinite(v) {
			n++
		}
	}
	return n
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// worse is a > b, and true where a is NaN and b is not.
func worse(a, b float64) bool { return !(a <= b) && !math.IsNaN(b) }
