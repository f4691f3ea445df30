package doctor

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Limits of the latent of a trained flow, wide enough for a model that has not been trained to the end.
const (
	meanLimit = 0.25
	stdLimit  = 1.4 // and its reciprocal
	ksLimit   = 0.1
)

// checkLatent asks whether all numbers of all latents together look like draws from N(0, 1).
func (e *exam) checkLatent() []Check {
	line := Check{Name: CheckLatent, Verdict: Skipped, Value: none, Limit: ksLimit}
	if e.opts.AtStart {
		line.Detail = "the flow is untrained"
		return []Check{line}
	}
	z := thinned(e.seen.z, maxExamined*16)
	m, std := stat.PopMeanStdDev(z, nil)
	line.Value = ksDistance(z)
	line.Limit += 1.63 / math.Sqrt(float64(len(z))) // what chance adds, one time in a hundred
	line.Detail = fmt.Sprintf("mean %.3f, std %.3f; KS distance to N(0, 1)", m, std)
	slack := 3 / math.Sqrt(float64(len(z)))
	switch {
	case !isFinite(line.Value):
		line.Verdict = Fail
		line.Remedy = "see the check of finiteness"
	case math.Abs(m) > meanLimit+slack || std > stdLimit+slack || std < 1/stdLimit-slack || line.Value > line.Limit:
		line.Verdict = Warn
		line.Remedy = "not trained to the end, trained on other data, or a wrong log-determinant that pays for not being normal"
	default:
		line.Verdict = OK
	}
	if d, m, std := e.worstDimension(); d >= 0 {
		line.Detail += fmt.Sprintf("; number %d is furthest off: mean %.2f, std %.2f", d, m, std)
		if line.Verdict == OK && (std > 5 || std < 0.1) {
			line.Verdict, line.Value, line.Limit = Warn, std, 5
			line.Remedy = "this number of the latent is hardly used, or not normalised: is it ever transformed by a coupling?"
		}
	}
	return []Check{line}
}

// worstDimension is the number of the latent whose standard deviation is furthest from 1; −1 for small batches.
func (e *exam) worstDimension() (worst int, m, std float64) {
	worst = -1
	if e.n < 50 {
		return worst, 0, 0
	}
	furthest := 0.0
	for d := range e.size {
		column := make([]float64, e.n)
		for i := range column {
			column[i] = e.seen.z[i*e.size+d]
		}
		cm, cs := stat.PopMeanStdDev(column, nil)
		if off := math.Abs(math.Log(cs)); off > furthest {
			worst, furthest, m, std = d, off, cm, cs
		}
	}
	return worst, m, std
}

// thinned keeps at most limit values, evenly spread.
func thinned(values []float64, limit int) []float64 {
	if len(values) <= limit {
		return slices.Clone(values)
	}
	out := make([]float64, 0, limit)
	for i := range limit {
		out = append(out, values[i*len(values)/limit])
	}
	return out
}

// ksDistance is the largest gap between the values' distribution function and that of N(0, 1); it sorts values.
func ksDistance(values []float64) float64 {
	slices.Sort(values)
	gap, n := 0.0, float64(len(values))
	for i, v := range values {
		p := 0.5 * math.Erfc(-v/math.Sqrt2)
		for _, d := range []float64{p - float64(i)/n, float64(i+1)/n - p} {
			if worse(d, gap) {
				gap = d
			}
		}
	}
	return gap
}
