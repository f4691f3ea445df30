package doctor

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// side is the flow in one floating-point type, with its own copy of the variables.
type side struct {
	dtype  dtypes.DType
	store  *model.Store
	look   *runner // the flow forward, fills tape
	tape   *tape
	narrow bool // some part of the graph computes in 16 bits
	// training makes look run in training mode.
	training bool

	layersUndone []undone // see layersBack
	back         *runner  // the whole's way back
	backFailure  any      // why that cannot be built
	wholeUndone  undone   // see wholeBack
	decoded      []float64
}

// runner is a compiled graph. Its call panics with what the graph code panicked with, not with a text about it.
type runner struct {
	exec  *model.Exec
	fault any
}

func (e *exam) compile(store *model.Store, fn func(s *model.Scope, in []*Node) []*Node) *runner {
	r := &runner{}
	exec, err := model.NewExec(e.backend, store, func(s *model.Scope, in []*Node) []*Node {
		r.fault = nil
		var out []*Node
		if r.fault = attempt(func() { out = fn(s, in) }); r.fault != nil {
			panic(r.fault)
		}
		return out
	})
	if err != nil {
		panic(err)
	}
	r.exec = exec
	e.runners = append(e.runners, r)
	return r
}

// call runs the graph and reads its outputs as float64.
func (r *runner) call(args ...any) [][]float64 {
	out, err := r.exec.Call(args...)
	if r.fault != nil {
		panic(r.fault)
	}
	if err != nil {
		panic(err)
	}
	values := make([][]float64, len(out))
	for i, t := range out {
		values[i] = floats(t)
		t.MustFinalizeAll()
	}
	return values
}

// scope is that of the flow.
func (e *exam) scope(store *model.Store) *model.Scope { return store.Scope("/" + e.opts.Scope) }

// context is the flow's, in a graph with inputs of x's batch size: evaluation, and what the caller's Given sets.
func (e *exam) context(store *model.Store, x *Node) *bijector.Context {
	c := bijector.NewContext(e.scope(store))
	if e.opts.Given != nil {
		e.opts.Given(c, x)
	}
	return c
}

// copyStore makes the side of the batch's own type.
func (e *exam) copyStore(store *model.Store) error {
	own, err := store.Clone()
	if err != nil {
		return fmt.Errorf("doctor: copying the variables: %s", firstLine(err))
	}
	e.own = &side{dtype: e.x.DType(), store: own}
	return nil
}

// bestSide is the flow in float64 where its code allows it, and a look at the batch through it.
func (e *exam) bestSide() (*side, *look) {
	if !e.widened {
		e.widened = true
		switch {
		case e.own.dtype == dtypes.Float64:
			e.wide, e.exact = e.own, e.seen
		default:
			if failure := attempt(e.widen); failure != nil {
				e.wide, e.exact, e.wideWhy = nil, nil, "it does not run in float64: "+firstLine(failure)
			}
		}
	}
	if e.wide == nil {
		return e.own, e.seen
	}
	return e.wide, e.exact
}

func (e *exam) widen() {
	store, err := widened(e.own.store)
	if err != nil {
		panic(err)
	}
	e.wide = &side{dtype: dtypes.Float64, store: store}
	e.exact = e.lookAt(e.wide, e.wide.batchOf(e.values, e.dims))
}

// widened copies a store with every float32 variable in float64.
func widened(store *model.Store) (*model.Store, error) {
	wide, err := store.Clone()
	if err != nil {
		return nil, err
	}
	for v := range wide.IterVariables() {
		switch v.DType() {
		case dtypes.Float32:
			value, err := v.Value()
			if err != nil {
				return nil, err
			}
			if err := v.SetValue(tensorOf(floats(value), dtypes.Float64, v.Shape().Dimensions...)); err != nil {
				return nil, err
			}
		case dtypes.BFloat16, dtypes.Float16:
			return nil, fmt.Errorf("variable %s is a %s", v.Path(), v.DType())
		}
	}
	return wide, nil
}

// batchOf makes an input tensor of this side from any number of samples.
func (s *side) batchOf(values []float64, dims []int) *tensors.Tensor {
	size := 1
	for _, d := range dims {
		size *= d
	}
	return tensorOf(values, s.dtype, append([]int{len(values) / size}, dims...)...)
}

func tensorOf(values []float64, dtype dtypes.DType, dims ...int) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(values, dims...)
	}
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, dims...)
}

// floats reads a float32 or float64 tensor.
func floats(t *tensors.Tensor) []float64 {
	if t.DType() == dtypes.Float64 {
		return tensors.MustCopyFlatData[float64](t)
	}
	narrow := tensors.MustCopyFlatData[float32](t)
	out := make([]float64, len(narrow))
	for i, v := range narrow {
		out[i] = float64(v)
	}
	return out
}
