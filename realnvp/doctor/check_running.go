package doctor

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// running reads the running moments that a layer keeps in its own scope under the names of bijector.BatchNorm;
// ok is false for a layer without them.
func running(store *model.Store, l *layer) (mean, variance []float64, ok bool) {
	m := store.GetVariable(model.JoinPath(l.scope, bijector.RunningMean))
	v := store.GetVariable(model.JoinPath(l.scope, bijector.RunningVar))
	if m == nil || v == nil || !m.HasValue() || !v.HasValue() {
		return nil, nil, false
	}
	return floats(m.MustValue()), floats(v.MustValue()), true
}

// Limits of the distance of running moments to the batch's: in running standard deviations, and as a ratio of
// variances.
const (
	meanDrift     = 1.0
	varianceRatio = 4.0
)

// checkRunning compares the running moments of each norm layer with those of its real input.
func (e *exam) checkRunning() []Check {
	line := Check{Name: CheckRunning, Verdict: Skipped, Value: none, Limit: varianceRatio}
	norms, untouched := 0, 0
	worstMean, worstRatio, layer := 0.0, 1.0, ""
	score := 0.0
	for _, s := range e.seen.layers {
		m, v, ok := running(e.own.store, s.layer)
		if !ok || len(m) != len(s.in.mean) {
			continue
		}
		norms++
		start := true
		for c := range m {
			start = start && m[c] == 0 && v[c] == 1
			ratio := math.Max(v[c]/s.in.variance[c], s.in.variance[c]/v[c])
			if s.in.variance[c] < 1e-8 { // a channel that never changes has no variance to compare
				ratio = 1
			}
			drift := math.Abs(m[c]-s.in.mean[c]) / math.Sqrt(math.Max(v[c], 1e-12))
			if now := math.Max(ratio/varianceRatio, drift/(meanDrift+3/math.Sqrt(float64(s.in.count)))); worse(now, score) {
				score, worstMean, worstRatio, layer = now, drift, ratio, s.layer.path
			}
		}
		if start {
			untouched++
		}
	}
	switch {
	case norms == 0:
		line.Detail = "no layer keeps running moments"
	case untouched == norms && e.opts.AtStart:
		line.Detail = "the flow is untrained"
	case untouched > 0 && !e.opts.AtStart:
		line.Verdict, line.Value = Warn, float64(untouched)
		line.Limit = 0
		line.Detail = fmt.Sprintf("%d of %d norm layers still have mean 0 and variance 1, where they start", untouched, norms)
		line.Remedy = "training must run with Context.Training set, or nothing moves them"
	case !(score <= 1):
		line.Verdict, line.Value, line.Layer = Warn, worstRatio, layer
		line.Detail = fmt.Sprintf("running moments are far from this batch's: variance by a factor %.3g, mean by %.2g standard deviations", worstRatio, worstMean)
		line.Remedy = "momentum too small for so few steps (bijector.BatchNorm.Debias starts as a plain mean), or data unlike the training's"
	default:
		line.Verdict, line.Value = OK, worstRatio
		line.Detail = fmt.Sprintf("%d norm layers; furthest: variance by a factor %.3g, mean by %.2g standard deviations", norms, worstRatio, worstMean)
	}
	return []Check{line}
}
