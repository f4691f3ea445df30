package realnvp

import (
	"context"
	"fmt"
	"maps"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/variables"
)

// startLayers gives the layers that start by data, bijector.Starter, their first values, in a model's first training.
func (tr *training) startLayers(ctx context.Context) error {
	m := tr.m
	if tr.before.step > 0 || tr.before.progress.Batches > 0 || !startsByData(m.flow) {
		return nil
	}
	batch, err := tr.next(ctx)
	if err != nil {
		return err
	}
	tr.first = &batch
	return try("starting the layers by a batch", func() error {
		store, err := m.copyOf(m.trained) // the running moments of which may move
		if err != nil {
			return err
		}
		var paths []string
		args := append([]any{batch.tensor(m)}, m.givenTensors(batch.given, 0, batch.dims[0], batch.dims[0])...)
		values, err := model.CallOnceN(m.backend, store, func(s *model.Scope, in []*Node) (started []*Node) {
			paths = nil
			flow := bijector.Wrap(m.flow, func(_ string, b bijector.Bijector) bijector.Bijector {
				starter, ok := b.(bijector.Starter)
				if !ok {
					return b
				}
				return starting{starter, func(path string, value *Node) {
					paths, started = append(paths, path), append(started, value)
				}}
			})
			flow.Forward(m.context(s, in[1:]...).InTraining(), in[0])
			return append(started, ReduceAllSum(in[0])) // a graph wants an output
		}, args...)
		if err != nil {
			return err
		}
		return m.moving(func() error { return m.startAt(paths, values[:len(paths)]) })
	})
}

// startAt sets weights to their first values, and their averages where training keeps them.
func (m *Model) startAt(paths []string, values []*tensors.Tensor) error {
	for i, path := range paths {
		v := m.store.GetVariable(path)
		if err := (value{whole: values[i]}).give(v); err != nil {
			return err
		}
		if average := m.store.GetVariable(averagePath(v)); average != nil {
			same, err := variables.Clone(v)
			if err != nil {
				return err
			}
			if err := average.SetValue(same); err != nil {
				return err
			}
		}
	}
	return nil
}

func startsByData(flow bijector.Bijector) (found bool) {
	bijector.Wrap(flow, func(_ string, b bijector.Bijector) bijector.Bijector {
		if _, ok := b.(bijector.Starter); ok {
			found = true
		}
		return b
	})
	return found
}

// starting is a layer at what it starts at, which set is shown by path.
type starting struct {
	bijector.Starter
	set func(path string, value *Node)
}

func (s starting) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	values := map[string]*Node{}
	start := s.Start(c, x)
	for _, name := range slices.Sorted(maps.Keys(start)) {
		value := start[name]
		if v := c.Scope().GetVariable(name); v == nil || value == nil || !value.Shape().Equal(v.Shape()) {
			panic(fmt.Errorf("the Start of a %T gives a first value for %q that it cannot have; give values for its parameters by their names, of their shapes", s.Starter, name))
		}
		values[c.Path(name)] = value
		s.set(c.Path(name), value)
	}
	return s.Starter.Forward(c.WithValues(values), x)
}
