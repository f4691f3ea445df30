package doctor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/stat"
)

// checkSamples decodes draws from N(0, I) and asks that they are finite and about as wide as the data.
func (e *exam) checkSamples() []Check {
	line := Check{Name: CheckSamples, Verdict: OK, Value: none, Limit: 3}
	_, x := e.wholeBack(e.own, e.seen, nil)
	if x == nil {
		line.Verdict, line.Detail = Skipped, "the flow has no Inverse"
		return []Check{line}
	}
	bad := countBad(x)
	got, want := e.spread(x), e.spread(e.values)
	line.Value = 1
	shift := 0.0
	for c := range want.mean {
		std, wantStd := math.Sqrt(got.variance[c]), math.Sqrt(want.variance[c])
		if ratio := math.Max(std/wantStd, wantStd/std); worse(ratio, line.Value) {
			line.Value = ratio
		}
		if d := math.Abs(got.mean[c]-want.mean[c]) / wantStd; worse(d, shift) {
			shift = d
		}
	}
	line.Detail = fmt.Sprintf("std within a factor %.3g of the data's, mean within %.2g of its std", line.Value, shift)
	if e.opts.Levels > 0 {
		outside := 0
		for _, v := range x {
			if v < 0 || v > e.opts.Levels {
				outside++
			}
		}
		line.Detail += fmt.Sprintf("; %.1f%% outside [0, %g]", 100*float64(outside)/float64(len(x)), e.opts.Levels)
	}
	switch {
	case bad > 0:
		line.Verdict = Fail
		line.Detail = fmt.Sprintf("%d of %d numbers decoded from N(0, I) are not finite", bad, len(x))
		line.Remedy = "Inverse overflows away from the data: " + e.tame() + "; or a norm's running variance is wrong"
	case e.opts.AtStart:
		line.Verdict, line.Value, line.Limit = OK, none, none
	case !(line.Value <= line.Limit) || !(shift <= line.Limit):
		line.Verdict = Warn
		line.Remedy = "samples are unlike the data in their very range: is the data's unit restored by Inverse, and is the flow trained?"
	}
	return []Check{line}
}

// spread gives mean and variance of each feature of vectors, and of all pixels of images together.
func (e *exam) spread(values []float64) moments {
	if len(e.dims) == 1 {
		return momentsOf(values, e.size)
	}
	return momentsOf(values, 1)
}

// extremes are the smallest and the largest value of each feature of vectors, and of all pixels of images together.
func (e *exam) extremes() (lo, hi []float64) {
	n := len(e.spread(e.values).mean)
	lo, hi = slices.Clone(e.values[:n]), slices.Clone(e.values[:n])
	for i, v := range e.values {
		lo[i%n], hi[i%n] = math.Min(lo[i%n], v), math.Max(hi[i%n], v)
	}
	return lo, hi
}

// tameLimit is how many bits per dimension a hostile input may cost: 10 standard deviations out under N(0, I) is 73.
const tameLimit = 1000

// checkHostile scores constant inputs, extremes and points ten standard deviations out.
func (e *exam) checkHostile() []Check {
	names, inputs := e.hostile()
	scores, looks := e.score(inputs)
	line := Check{Name: CheckHostile, Verdict: OK, Value: math.Inf(-1), Limit: tameLimit, Detail: fmt.Sprintf("bits/dim of the worst of %d", len(names))}
	for i, bits := range scores {
		if !worse(bits, line.Value) {
			continue
		}
		line.Value = bits
		switch {
		case !isFinite(bits):
			layer, what, _ := firstBad(looks[i/e.n])
			line.Verdict, line.Layer = Fail, layer
			line.Detail = fmt.Sprintf("log p of %s is %v; %s is the first tensor that is not finite", names[i], -bits, what)
			line.Remedy = "a density is finite everywhere: keep the logit's argument off 0 and 1 (alpha 0.05), and " + e.tame()
		case bits > tameLimit:
			line.Verdict = Warn
			line.Layer = e.grower(looks[i/e.n])
			line.Detail = fmt.Sprintf("%s cost %.4g bits/dim", names[i], bits)
			line.Remedy = "away from the data the flow is not held: " + e.tame()
		}
	}
	return []Check{line}
}

// hostile makes the inputs, each of D numbers, and names them.
func (e *exam) hostile() (names []string, inputs []float64) {
	spread := e.spread(e.values)
	// away is the number i that lies the given number of standard deviations from the mean.
	away := func(i int, deviations float64) float64 {
		c := i % len(spread.mean)
		return spread.mean[c] + deviations*math.Sqrt(spread.variance[c])
	}
	add := func(name string, fn func(i int) float64) {
		names = append(names, name)
		for i := range e.size {
			v := fn(i)
			if e.opts.Levels > 0 {
				v = math.Min(math.Max(v, 0), e.below(e.opts.Levels))
			}
			inputs = append(inputs, v)
		}
	}
	rng := rand.New(rand.NewPCG(4, 4))
	lo, hi := e.extremes()
	at := func(v []float64) func(int) float64 { return func(i int) float64 { return v[i%len(v)] } }
	sign := func() float64 { return float64(2*rng.IntN(2) - 1) }
	add("the mean", func(i int) float64 { return away(i, 0) })
	add("a constant at the smallest value", at(lo))
	add("a constant at the largest value", at(hi))
	add("zero, or what is nearest to it within 10 standard deviations", func(i int) float64 {
		return math.Min(math.Max(0, away(i, -10)), away(i, 10))
	})
	add("10 standard deviations up", func(i int) float64 { return away(i, 10) })
	add("10 standard deviations down", func(i int) float64 { return away(i, -10) })
	add("10 standard deviations out, signs at random", func(i int) float64 { return away(i, 10*sign()) })
	add("stripes of 10 standard deviations", func(i int) float64 { return away(i, float64(10-20*(i%2))) })
	add("noise of 10 standard deviations", func(i int) float64 { return away(i, 10*rng.NormFloat64()) })
	for range 3 {
		one := rng.IntN(e.size)
		add(fmt.Sprintf("10 standard deviations at number %d alone", one), func(i int) float64 {
			if i == one {
				return away(i, 10)
			}
			return away(i, 0)
		})
	}
	if e.opts.Levels > 0 {
		add(fmt.Sprintf("a constant just below %g", e.opts.Levels), func(int) float64 { return e.opts.Levels })
	}
	return names, inputs
}

// below is the last number of the flow's own type below v.
func (e *exam) below(v float64) float64 {
	if e.own.dtype == dtypes.Float64 {
		return math.Nextafter(v, 0)
	}
	return float64(math.Nextafter32(float32(v), 0))
}

// score gives bits per dimension of any number of samples, n at a time, and the looks at each n.
func (e *exam) score(inputs []float64) (bits []float64, looks []*look) {
	count := len(inputs) / e.size
	for from := 0; from < count; from += e.n {
		chunk := make([]float64, 0, e.n*e.size)
		for i := range e.n {
			at := min(from+i, count-1)
			chunk = append(chunk, inputs[at*e.size:(at+1)*e.size]...)
		}
		l := e.lookAt(e.own, e.own.batchOf(chunk, e.dims))
		looks = append(looks, l)
		for i, nats := range e.logP(l) {
			if from+i < count {
				bits = append(bits, -e.bits(nats))
			}
		}
	}
	return bits, looks
}

// grower is the first layer whose output is more than ten times as large as on the batch.
func (e *exam) grower(l *look) string {
	for i, s := range l.layers {
		if s.maxOut > 10*e.seen.layers[i].maxOut {
			return s.layer.path
		}
	}
	return ""
}

// checkHeldOut compares the score of new data with that of the batch.
func (e *exam) checkHeldOut() []Check {
	line := Check{Name: CheckHeldOut, Verdict: Skipped, Value: none, Limit: e.opts.HeldOutGap}
	held := e.opts.HeldOut
	if held == nil {
		line.Detail = "no Options.HeldOut given"
		return []Check{line}
	}
	if held.DType() != e.x.DType() || held.Rank() != e.x.Rank() || !slices.Equal(held.Shape().Dimensions[1:], e.dims) || held.Size() == 0 {
		line.Verdict = Fail
		line.Detail = fmt.Sprintf("held-out data of shape %s do not fit the batch's %s", held.Shape(), e.x.Shape())
		line.Remedy = "give samples of the same type, shape and unit"
		return []Check{line}
	}
	bits, looks := e.score(floats(held))
	m, std := stat.PopMeanStdDev(bits, nil)
	line.Value = m - e.report.BitsPerDim
	line.Detail = fmt.Sprintf("bits/dim %.4g ± %.2g, the batch's %.4g", m, std/math.Sqrt(float64(len(bits))), e.report.BitsPerDim)
	line.Verdict = OK
	if bad := countBad(bits); bad > 0 {
		line.Verdict, line.Remedy = Fail, "a held-out point must never have an infinite score: "+e.tame()
		line.Detail = fmt.Sprintf("%d of %d held-out samples have no finite score", bad, len(bits))
		for _, l := range looks {
			if line.Layer == "" {
				line.Layer, _, _ = firstBad(l)
			}
		}
		return []Check{line}
	}
	if !(line.Value <= line.Limit) {
		line.Verdict = Warn
		line.Remedy = "overfitted: fewer steps, more data, weight decay or a smaller net"
		if line.Value > 10 {
			line.Verdict = Fail
			for _, l := range looks {
				if line.Layer == "" {
					line.Layer = e.grower(l)
				}
			}
			line.Remedy = "new data run off the scale somewhere: " + e.tame() + "; and keep running moments in evaluation"
		}
	}
	return []Check{line}
}
