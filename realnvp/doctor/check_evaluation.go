package doctor

import (
	"bytes"
	"fmt"
	"math"
	"sort"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/ml/model"
)

// checkApart replaces the second half of the batch and asks that the first half's latents stay.
func (e *exam) checkApart() []Check {
	half := e.n / 2
	mixed := make([]float64, len(e.values))
	for i := range e.n {
		from := i
		if i >= half {
			from = i % half
		}
		copy(mixed[i*e.size:(i+1)*e.size], e.values[from*e.size:])
	}
	other := e.lookAt(e.own, e.own.batchOf(mixed, e.dims))
	limit := 1e-4
	if e.own.dtype == dtypes.Float64 {
		limit = 1e-9
	}
	largest, worst := 1.0, 0.0
	for i := range half * e.size {
		largest = math.Max(largest, math.Abs(e.seen.z[i]))
		if d := math.Abs(other.z[i] - e.seen.z[i]); worse(d, worst) {
			worst = d
		}
	}
	line := Check{Name: CheckApart, Verdict: OK, Value: worst / largest, Limit: limit, Detail: "the second half of the batch was replaced"}
	if !(line.Value <= limit) {
		line.Verdict = Fail
		line.Detail = "the latents of the first half changed when the second half of the batch was replaced"
		line.Remedy = "in evaluation normalise by running moments, never by those of the batch"
	}
	return []Check{line}
}

// checkFrozen evaluates again and compares every variable, bit by bit, and the outputs.
func (e *exam) checkFrozen() []Check {
	before := snapshot(e.own.store)
	again := e.lookAt(e.own, e.x)
	line := Check{Name: CheckFrozen, Verdict: OK, Value: 0, Limit: 0, Detail: fmt.Sprintf("%d variables as they were", len(before))}
	var moved []string
	for path, bits := range snapshot(e.own.store) {
		if !bytes.Equal(bits, before[path]) {
			moved = append(moved, path)
		}
	}
	sort.Strings(moved)
	if len(moved) > 0 {
		line.Verdict, line.Value, line.Layer = Fail, float64(len(moved)), e.layerOf(moved[0])
		line.Detail = fmt.Sprintf("evaluation changed %d variables, the first %s", len(moved), moved[0])
		line.Remedy = "update running moments only where Context.Training says so"
		return []Check{line}
	}
	for i := range again.z {
		if math.Float64bits(again.z[i]) != math.Float64bits(e.seen.z[i]) {
			line.Verdict = Warn
			line.Detail = "two evaluations of one batch differ, though no variable changed"
			line.Remedy = "something draws random numbers in evaluation, or the backend is not deterministic"
			break
		}
	}
	return []Check{line}
}

// layerOf is the layer that a variable belongs to.
func (e *exam) layerOf(variable string) string {
	for _, l := range e.layers {
		if len(variable) > len(l.scope) && variable[:len(l.scope)+1] == l.scope+"/" {
			return l.path
		}
	}
	return ""
}

func snapshot(store *model.Store) map[string][]byte {
	bits := map[string][]byte{}
	for v := range store.IterVariables() {
		if !v.HasValue() {
			continue
		}
		if err := v.MustValue().ConstBytes(func(data []byte) { bits[v.Path()] = bytes.Clone(data) }); err != nil {
			panic(err)
		}
	}
	return bits
}
