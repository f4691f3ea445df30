package doctor

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/stat"
)

// checkForward runs the batch through the flow in its own type.
func (e *exam) checkForward() []Check {
	e.seen = e.lookAt(e.own, e.x)
	e.report.NLL = -stat.Mean(e.logP(e.seen), nil)
	e.report.BitsPerDim = e.bits(e.report.NLL)
	return []Check{{Name: CheckForward, Verdict: OK, Value: none, Limit: none,
		Detail: fmt.Sprintf("%d layers; %v → %v", len(e.layers), e.dims, e.latent)}}
}

// logP is log p of each sample, in nats.
func (e *exam) logP(l *look) []float64 {
	out := make([]float64, len(l.logDet))
	for i := range out {
		out[i] = l.base[i] + l.logDet[i]
	}
	return out
}

// bits turns nats per sample into bits per dimension.
func (e *exam) bits(nats float64) float64 { return nats / (float64(e.size) * math.Ln2) }

// checkFinite names the first thing that is not finite: a variable, or a tensor in the order of computation.
func (e *exam) checkFinite() []Check {
	line := Check{Name: CheckFinite, Verdict: OK, Value: 0, Limit: none, Detail: "every variable and every layer's output"}
	for v := range e.own.store.IterVariables() {
		if d := v.DType(); d != dtypes.Float32 && d != dtypes.Float64 || !v.HasValue() {
			continue
		}
		values := floats(v.MustValue())
		if bad := countBad(values); bad > 0 {
			line.Verdict, line.Value = Fail, float64(bad)
			line.Detail = fmt.Sprintf("variable %s has %d of %d numbers that are not finite", v.Path(), bad, len(values))
			line.Remedy = "go back to the last checkpoint with finite weights; train with a lower rate or clipped gradients"
			return []Check{line}
		}
	}
	layer, what, count := firstBad(e.seen)
	if what == "" {
		layer, what, count = e.firstBadBack()
	}
	if what != "" {
		line.Verdict, line.Value, line.Layer = Fail, float64(count), layer
		line.Detail = fmt.Sprintf("%s is the first tensor that is not finite (%d numbers)", what, count)
		line.Remedy = "look at this layer's input range and at s (max |s| in the table of layers); " + e.tame() + ", or keep a logit's argument within (0, 1)"
	}
	return []Check{line}
}

// firstBadBack is the same on the way back.
func (e *exam) firstBadBack() (layer, what string, count int) {
	whole, _ := e.wholeBack(e.own, e.seen, nil)
	if whole.bad == 0 {
		return "", "", 0
	}
	for i, u := range slices.Backward(e.layersBack(e.own, e.seen)) {
		if u.bad > 0 {
			return e.layers[i].path, "output of Inverse", u.bad
		}
	}
	return "the whole flow", "output of Inverse", whole.bad
}

// firstBad finds the first tensor of a look that is not finite, in the order of computation.
func firstBad(l *look) (layer, what string, count int) {
	for _, s := range l.layers {
		for _, t := range []struct {
			what  string
			count int
		}{{"s", s.badS}, {"t", s.badT}, {"output", s.badOut}, {"log-determinant", s.badLogDet}} {
			if t.count > 0 {
				return s.layer.path, t.what, t.count
			}
		}
	}
	if bad := countBad(l.base); bad > 0 {
		return "base density", "log-density of the latent", bad
	}
	return "", "", 0
}
