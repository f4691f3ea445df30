package doctor

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
)

// Limits of the relative error of Inverse∘Forward. Float64 shows whether the code is right, the flow's own type
// whether the weights leave enough digits.
const (
	exactLimit = 1e-8
	ownLimit   = 1e-3
)

// checkInvertible finds the layer with the largest error of Inverse(Forward(x)), and that of the whole flow.
func (e *exam) checkInvertible() []Check {
	right, l := e.bestSide()
	back := e.backFrom(right, l, nil)
	for i, u := range append(back.layers, back.whole) {
		if u.failure != nil {
			line := e.crashed(CheckInvertible, u.failure)
			if line.Layer == "" && i < len(e.layers) {
				line.Layer = e.layers[i].path
			}
			line.Remedy = "give the layer an Inverse that takes what its Forward gives"
			return []Check{line}
		}
	}
	limit := ownLimit
	if e.wide != nil {
		limit = exactLimit
	}
	layer, worst := e.worstInverse(back)
	line := Check{Name: CheckInvertible, Verdict: OK, Value: worst, Limit: limit, Detail: "every layer, and the whole"}
	if !(worst <= limit) {
		line.Verdict, line.Layer = Fail, layer
		line.Detail = fmt.Sprintf("Inverse(Forward(x)) is off x by %.2g of the largest |x|", worst)
		line.Remedy = "Inverse must undo Forward at every point: same mask, same s and t from the part that passes unchanged, same unit at both ends"
		return []Check{line}
	}
	if e.own == right {
		return []Check{line}
	}
	if layer, worst := e.worstInverse(e.backFrom(e.own, e.seen, nil)); !(worst <= ownLimit) {
		line.Verdict, line.Layer, line.Value, line.Limit = Warn, layer, worst, ownLimit
		line.Detail = fmt.Sprintf("right in float64, but %s loses it to rounding: off by %.2g of the largest |x|", e.own.dtype, worst)
		line.Remedy = "the weights stretch too much for this type: bound s, train with weight decay, or evaluate in " + dtypes.Float64.String()
	}
	return []Check{line}
}

// worstInverse gives the largest error, and the layer with it; the whole counts where its layers' errors do not
// explain its own.
func (e *exam) worstInverse(w *wayBack) (layer string, worst float64) {
	for i, u := range w.layers {
		if worse(u.error, worst) {
			layer, worst = e.layers[i].path, u.error
		}
	}
	if worse(w.whole.error, 100*worst) {
		return "the whole flow", w.whole.error
	}
	return layer, worst
}

// checkPrecision compares log p in the flow's own type with float64.
func (e *exam) checkPrecision() []Check {
	line := Check{Name: CheckPrecision, Verdict: Skipped, Value: none, Limit: none}
	e.bestSide()
	switch {
	case e.wide == nil:
		line.Detail = e.wideWhy
		return []Check{line}
	case e.own == e.wide:
		line.Detail = "the flow is in float64"
		return []Check{line}
	case e.own.narrow:
		line.Detail = "parts of the flow compute in 16 bits"
		return []Check{line}
	}
	own, exact := e.logP(e.seen), e.logP(e.exact)
	line.Verdict, line.Limit, line.Value = OK, 0.01, 0
	for i := range own {
		if d := math.Abs(e.bits(own[i] - exact[i])); worse(d, line.Value) {
			line.Value = d
		}
	}
	line.Detail = "bits/dim between " + e.own.dtype.String() + " and float64, worst sample"
	if !(line.Value <= line.Limit) {
		line.Verdict = Warn
		line.Remedy = "log p is not to be trusted to the digits shown: bound s, or evaluate in float64"
	}
	return []Check{line}
}
