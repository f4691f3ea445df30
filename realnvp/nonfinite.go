package realnvp

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// NonFiniteError stops a training whose loss or gradient is NaN or infinite. The weights are those before Step.
type NonFiniteError struct {
	// Step whose batch gave it.
	Step int
	// Loss as computed.
	Loss float64
	// Layer is the scope of the first layer whose output or log-determinant was not finite; empty where all layers'
	// were, and only the gradient was not.
	Layer string
}

// Error names the step, the layer and what to try.
func (e *NonFiniteError) Error() string {
	where := "every layer's output is finite, so its gradient overflowed"
	if e.Layer != "" {
		where = fmt.Sprintf("the first layer with an output that is not finite is %q", e.Layer)
	}
	return fmt.Sprintf("realnvp: train: the loss or its gradient is not finite at step %d (loss %v): %s. "+
		"The weights of step %d are kept; try a lower LearningRate, ClipNorm, or Config.SBound", e.Step, e.Loss, where, e.Step-1)
}

// nonFinite finds the layer to blame by running the batch again through the kept weights, in training mode but without
// moving anything.
func (m *Model) nonFinite(step int, loss float64, batch fed) error {
	failure := &NonFiniteError{Step: step, Loss: loss}
	// The search works on a copy of the weights: a training forward pass moves the running moments.
	if err := try("looking for the layer that is not finite", func() error {
		if err := m.unpack(); err != nil {
			return err
		}
		store, err := m.store.Clone()
		if err != nil {
			return err
		}
		var names []string
		args := []any{m.tensor(batch.x, batch.dims...)}
		if m.config.Classes > 0 {
			args = append(args, m.oneHot(batch.labels, batch.dims[0]))
		}
		out, err := model.CallOnceN(m.backend, store, func(s *model.Scope, in []*Node) []*Node {
			names = nil
			var finite []*Node
			watched := bijector.Wrap(m.flow, func(path string, b bijector.Bijector) bijector.Bijector {
				return watch{b, func(z, logDet *Node) {
					names = append(names, path)
					finite = append(finite, LogicalAnd(allFinite(z), allFinite(logDet)))
				}}
			})
			watched.Forward(m.context(s, in[1:]...).InTraining(), in[0])
			return finite
		}, args...)
		if err != nil {
			return err
		}
		for i, t := range out {
			if failure.Layer == "" && !tensors.ToScalar[bool](t) {
				failure.Layer = names[i]
			}
		}
		return nil
	}); err != nil {
		return fmt.Errorf("%w (and %v)", failure, err)
	}
	return failure
}

// watch shows each forward output of a bijector to see.
type watch struct {
	bijector.Bijector
	see func(z, logDet *Node)
}

func (w watch) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	z, logDet = w.Bijector.Forward(c, x)
	w.see(z, logDet)
	return z, logDet
}

func allFinite(x *Node) *Node { return LogicalAll(IsFinite(x)) }
