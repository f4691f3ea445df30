package realnvp

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// NonFiniteError stops a training whose loss or gradient is NaN or infinite, or whose last update spoiled the weights.
type NonFiniteError struct {
	// Step is the one whose batch gave it; the last step where none came after the update that is to blame.
	Step int
	// Loss as computed, in nats a sample. Before is a loss that was in order, in the same unit: where an update is to
	// blame, that of the same batch before it; else that of the last step; 0 where there was none.
	Loss, Before float64
	// Layer is the scope of the first layer whose output or log-determinant was not finite; empty where all layers'
	// were.
	Layer string
	// Update is the step whose update spoiled the weights; 0 where the weights are in order, or are those that Train
	// began with.
	Update int
	// Kept is the step of the weights that the model is left with.
	Kept int
}

// Error names the step, the layer, what is kept and what to try.
func (e *NonFiniteError) Error() string {
	what := fmt.Sprintf("the loss or its gradient is not finite at step %d (loss %.6g): %s", e.Step, e.Loss, e.where())
	if e.Update == e.Step {
		what = fmt.Sprintf("diverged: after step %d the loss is %.6g", e.Step, e.Loss)
	}
	switch {
	case e.Update > 0:
		return fmt.Sprintf("realnvp: train: %s. The update of step %d spoiled the weights: a batch that scored %.6g before is far worse under them. "+
			"The weights of step %d are kept, the last whose own loss was seen to be in order, and no checkpoint was written of later ones; "+
			"try a lower LearningRate, ClipNorm, or a transform.Affine with Bound", what, e.Update, e.Before, e.Kept)
	case e.Kept == 0 || e.Kept == e.Step-1 && e.Before == 0:
		return fmt.Sprintf("realnvp: train: %s. The weights are as Train found them; look at the batch, or try a transform.Affine with Bound", what)
	}
	return fmt.Sprintf("realnvp: train: %s. The weights of step %d are kept, and are in order on other batches: look at this one, "+
		"or try ClipNorm, or a transform.Affine with Bound", what, e.Kept)
}

func (e *NonFiniteError) where() string {
	switch {
	case e.Layer != "":
		return fmt.Sprintf("the first layer with an output that is not finite is %q", e.Layer)
	case finite(e.Loss):
		return "every layer's output is finite, so its gradient overflowed"
	}
	return "every layer's output is finite, so the latent's log-density overflowed"
}

// blame finds the layer where a batch stops being finite, by running it once more in training mode, on a copy of the
// weights: a training forward pass moves the running moments.
func (m *Model) blame(failure *NonFiniteError, batch fed) error {
	return try("looking for the layer that is not finite", func() error {
		store, err := m.copyOf(m.trained)
		if err != nil {
			return err
		}
		var names []string
		args := append([]any{batch.tensor(m)}, m.givenTensors(batch.given, 0, batch.dims[0], batch.dims[0])...)
		out, err := model.CallOnceN(m.backend, store, func(s *model.Scope, in []*Node) []*Node {
			names = []string{""} // of the batch itself, so that there is an output where the flow has no layer
			finite := []*Node{allFinite(in[0])}
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
	})
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
