package doctor

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// momentumLimit is the largest weight of one batch in running moments that also normalise in training. Their noise
// is √(m/(2−m)) of a batch's own: at 0.005 a twentieth, at 0.1 a quarter.
const momentumLimit = 0.05

// checkTraining runs the batch once in training mode, on a copy of the variables, and works out from how the running
// moments moved what momentum and what variance they are updated with, and whether the log-determinant is that of
// the normalisation that was applied.
func (e *exam) checkTraining() []Check {
	lines := []Check{
		{Name: CheckMomentum, Verdict: Skipped, Value: none, Limit: momentumLimit, Detail: "no layer keeps running moments"},
		{Name: CheckVariance, Verdict: Skipped, Value: none, Limit: none, Detail: "no layer keeps running moments"},
		{Name: CheckTrainLogDet, Verdict: Skipped, Value: none, Limit: 1e-3, Detail: "no layer keeps running moments"},
	}
	any := false
	for _, l := range e.layers {
		_, _, ok := running(e.own.store, l)
		any = any || ok
	}
	if !any {
		return lines
	}
	from, store, moved := e.trainOnce()
	for _, s := range moved.layers {
		oldMean, oldVar, ok := running(from, s.layer)
		if !ok || len(oldMean) != len(s.in.mean) {
			continue
		}
		newMean, newVar, _ := running(store, s.layer)
		e.judgeMomentum(&lines[0], &lines[1], from, s, oldMean, oldVar, newMean, newVar)
		judgeTrainLogDet(&lines[2], s)
	}
	return lines
}

// trainOnce runs the batch through a copy of the flow in training mode, in float64 where its code allows it: from has
// the variables before, to after, and moved what the layers saw and gave.
func (e *exam) trainOnce() (from, to *model.Store, moved *look) {
	try := func(source *model.Store, dtype dtypes.DType) any {
		return attempt(func() {
			copied, err := source.Clone()
			if err != nil {
				panic(err)
			}
			step := &side{dtype: dtype, store: copied, training: true}
			from, to, moved = source, copied, e.lookAt(step, step.batchOf(e.values, e.dims))
		})
	}
	if wide, err := widened(e.own.store); err == nil && try(wide, dtypes.Float64) == nil {
		return from, to, moved
	}
	if failure := try(e.own.store, e.own.dtype); failure != nil {
		panic(failure)
	}
	return from, to, moved
}

// judgeMomentum solves new = (1−m)·old + m·batch for m, at the channel where the batch is furthest from the old mean,
// and then for the variance that was mixed in.
func (e *exam) judgeMomentum(momentum, variance *Check, store *model.Store, s seen, oldMean, oldVar, newMean, newVar []float64) {
	c, far := 0, 0.0
	for i := range oldMean {
		if d := math.Abs(s.in.mean[i] - oldMean[i]); d > far {
			c, far = i, d
		}
	}
	path := s.layer.path
	if far < 1e-6*math.Sqrt(s.in.variance[c]) || far == 0 {
		return // the batch's mean is the running one: nothing can be told
	}
	m := (newMean[c] - oldMean[c]) / (s.in.mean[c] - oldMean[c])
	limit := momentumLimit
	if math.Abs(s.out.mean[c]) < 1e-5 { // the batch itself normalises in training: the running moments are for later
		limit = 0.3
	}
	count := store.GetVariable(model.JoinPath(s.layer.scope, bijector.RunningCount))
	debiased := count != nil && count.HasValue() && m < 1.01/(1+floats(count.MustValue())[0])
	if debiased {
		limit = 1
	}
	switch {
	case momentum.Verdict == Fail || momentum.Verdict == Warn:
	case math.Abs(m) < 1e-9:
		momentum.Verdict, momentum.Layer, momentum.Value = Fail, path, m
		momentum.Detail = "training does not move the running moments"
		momentum.Remedy = "running ← (1−momentum)·running + momentum·batch in training, or evaluation normalises by where they started"
		return
	case !(m > 0 && m <= limit+1e-6):
		momentum.Verdict, momentum.Layer, momentum.Value, momentum.Limit = Warn, path, m, limit
		momentum.Detail = fmt.Sprintf("one batch has the weight %.3g in the running moments that normalise: their noise is %.0f%% of a single batch's", m, 100*math.Sqrt(m/(2-m)))
		momentum.Remedy = "0.005 for moments that normalise in training too; 0.1 is for those that only evaluation uses"
	default:
		momentum.Verdict, momentum.Detail = OK, "weight of one batch in the running moments"
		if debiased {
			momentum.Detail += ", still a plain mean of the first batches"
		}
		if !(momentum.Value >= m) {
			momentum.Value, momentum.Limit = m, limit
		}
	}
	n := float64(s.in.count)
	mixed := (newVar[c] - (1-m)*oldVar[c]) / m / s.in.variance[c] // of the biased variance: 1 or n/(n−1)
	if variance.Verdict == Warn || !isFinite(mixed) {
		return
	}
	variance.Value, variance.Limit = mixed, n/(n-1)
	off, biased := math.Abs(mixed-n/(n-1)), math.Abs(mixed-1)
	variance.Verdict, variance.Detail = OK, "variance in the running one, over a batch's biased one; limit is n/(n−1)"
	if off > 0.1/n {
		variance.Verdict, variance.Layer = Warn, path
		variance.Detail = fmt.Sprintf("the variance mixed in is %.6g times the batch's biased one, not n/(n−1) = %.6g", mixed, n/(n-1))
		variance.Remedy = "divide by n−1"
		if biased < 0.1/n {
			variance.Detail = fmt.Sprintf("the biased variance: too small by 1/n, n = %.0f", n)
		}
	}
}

// judgeTrainLogDet works out each channel's factor from the spread of what went in and what came out.
func judgeTrainLogDet(line *Check, s seen) {
	positions := s.layer.size / len(s.in.variance)
	want := 0.0
	for c := range s.in.variance {
		want += 0.5 * math.Log(s.out.variance[c]/s.in.variance[c]) * float64(positions)
	}
	off := math.Abs(s.logDet[0]-want) / (1 + math.Abs(want))
	if math.IsNaN(want) || math.IsInf(want, 0) || line.Verdict == Fail {
		return // a channel that never changes
	}
	if line.Verdict == Skipped {
		line.Verdict, line.Value, line.Detail = OK, 0, "of each norm layer, against the spread of its output over that of its input"
	}
	if worse(off, line.Value) {
		line.Value = off
	}
	if !(off <= line.Limit) {
		line.Verdict, line.Layer = Fail, s.layer.path
		line.Detail = fmt.Sprintf("in training log-det is %.6g nats, what it does to the spread is %.6g", s.logDet[0], want)
		line.Remedy = "−½·Σ log(variance + ε) over all H·W·C numbers, of the moments that normalise in training"
	}
}
