package doctor

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
)

// Limits of the relative error of Inverse∘Forward. Float64 shows whether the code is right, the flow's own type
// whether the weights leave enough digits.
const (
	exactLimit = 1e-8
	ownLimit   = 1e-3
)

// checkInvertible holds Inverse(Forward(x)) against x: each layer at its real output, in float64 where it can be, and
// the whole in the flow's own type.
func (e *exam) checkInvertible() []Check {
	right, l := e.bestSide()
	layers := e.layersBack(right, l)
	whole, _ := e.wholeBack(e.own, e.seen, nil)
	for i, u := range append(slices.Clone(layers), whole) {
		if u.failure != nil {
			line := e.crashed(CheckInvertible, u.failure)
			if line.Layer == "" && i < len(e.layers) {
				line.Layer = e.layers[i].path
			}
			line.Remedy = "give the layer an Inverse that takes what its Forward gives"
			return []Check{line}
		}
	}
	limit, wholeLimit := exactLimit, ownLimit
	if e.wide == nil {
		limit = ownLimit
	}
	if e.own.dtype == dtypes.Float64 {
		wholeLimit = exactLimit
	}
	layer, worst := e.worstLayer(layers)
	line := Check{Name: CheckInvertible, Verdict: OK, Value: worst, Limit: limit, Detail: "every layer, and the whole"}
	wrong := func(layer string, off float64) []Check {
		line.Verdict, line.Layer, line.Value = Fail, layer, off
		line.Detail = fmt.Sprintf("Inverse(Forward(x)) is off x by %.2g of the largest |x|", off)
		line.Remedy = "Inverse must undo Forward at every point: same mask, same s and t from the part that passes unchanged, same unit at both ends"
		return []Check{line}
	}
	switch {
	case !(worst <= limit):
		return wrong(layer, worst)
	case whole.error <= wholeLimit:
		return []Check{line}
	}
	if e.own == right {
		return wrong("the whole flow", whole.error)
	}
	if exact, _ := e.wholeBack(right, l, nil); !(exact.error <= exactLimit) {
		return wrong("the whole flow", exact.error)
	}
	if layer, worst = e.worstLayer(e.layersBack(e.own, e.seen)); !(worst > wholeLimit/10) {
		layer = "the whole flow"
	}
	line.Verdict, line.Layer, line.Value, line.Limit = Warn, layer, whole.error, wholeLimit
	line.Detail = fmt.Sprintf("right in float64, but %s loses it to rounding: the whole is off by %.2g of the largest |x|", e.own.dtype, whole.error)
	line.Remedy = "the weights stretch too much for this type: " + e.tame() + ", train with weight decay, or evaluate in " + dtypes.Float64.String()
	return []Check{line}
}

// worstLayer gives the largest error, and the layer with it.
func (e *exam) worstLayer(layers []undone) (layer string, worst float64) {
	for i, u := range layers {
		if worse(u.error, worst) {
			layer, worst = e.layers[i].path, u.error
		}
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
		line.Remedy = "log p is not to be trusted to the digits shown: " + e.tame() + ", or evaluate in float64"
	}
	return []Check{line}
}
