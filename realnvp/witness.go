package realnvp

import "fmt"

// A step's loss is that of the weights before it, so whether an update was good shows at the next step. This file
// tells good weights from spoiled ones, and a bad batch from a bad update.

// scored is a batch with the loss that it had, in nats a sample, and the step that it was of.
type scored struct {
	batch fed
	loss  float64
	step  int
}

// witness are batches to try weights on: the last one, and the one of the lowest loss of late.
type witness struct{ last, low scored }

const (
	// lateSteps is how long the lowest loss is what others are measured by: a training that found a new level goes on
	// from there.
	lateSteps = 100
	// disorder is how many nats per dimension the loss may lie above the lowest of late, beside as much again as that
	// is, before it counts as spoiled. A checkpoint of spoiled weights is put off, never a training stopped.
	disorder = 5
)

func (w *witness) remember(s scored) {
	w.last = s
	if w.low.batch.x == nil || s.loss <= w.low.loss || s.step-w.low.step >= lateSteps {
		w.low = s
	}
}

// inOrder tells whether a loss in nats a sample of dim numbers is near those of late.
func (w *witness) inOrder(loss float64, dim int) bool {
	return w.low.batch.x == nil || loss <= w.low.loss+max(w.low.loss, -w.low.loss)+disorder*float64(dim)
}

// saw takes note of the loss that the weights of state begin have, which is the present one still.
func (tr *training) saw(begin state, loss float64, batch fed) error {
	inOrder := tr.inOrder(loss, tr.m.Dim())
	tr.remember(scored{batch, loss, begin.step + 1})
	if !inOrder {
		return nil
	}
	if err := tr.keep(&tr.good, begin); err != nil {
		return err
	}
	if !tr.due {
		return nil
	}
	tr.due = false
	return tr.m.saveProgress(tr.t, tr.m.step)
}

// isGood tells whether the present state's own loss was seen to be in order.
func (tr *training) isGood() bool { return tr.good != nil && tr.good.step == tr.m.step }

// settle makes sure of the weights that training leaves: where their own loss was not seen, it is computed, on the
// last batch and, if need be, on the one of the lowest loss. Where it is in order on neither, the last good state is
// put back, and the error says so.
func (tr *training) settle() error {
	if tr.taken == 0 || tr.isGood() {
		return nil
	}
	failure := &NonFiniteError{Step: tr.m.step, Update: tr.m.step}
	for _, s := range []scored{tr.low, tr.last} {
		out, err := tr.steps.run(s.batch, 0, 0, true)
		if err != nil {
			return err
		}
		if err := out.next.free(); err != nil {
			return err
		}
		if out.finite() && tr.inOrder(out.loss, tr.m.Dim()) {
			now, err := tr.now()
			if err != nil {
				return err
			}
			return tr.keep(&tr.good, now)
		}
		failure.Loss, failure.Before = out.loss, s.loss
	}
	tr.ruined = true
	failure.Kept = tr.good.step
	if err := tr.back(*tr.good); err != nil {
		return fmt.Errorf("%w; and they could not be put back: %w", failure, err)
	}
	return failure
}

// refuse says why a step could not be taken; the state is the one before it. Where that state's own loss is out of
// order, the update before is to blame, and the last good state is put back.
func (tr *training) refuse(step int, bad *refused) error {
	failure := &NonFiniteError{Step: step, Loss: bad.out.loss, Kept: tr.m.step, Before: tr.last.loss}
	if err := tr.m.blame(failure, bad.batch); err != nil {
		return err
	}
	if tr.taken == 0 && !tr.isGood() {
		return failure
	}
	var ruin *NonFiniteError
	switch err := tr.settle().(type) {
	case nil:
		return failure
	case *NonFiniteError:
		ruin = err
	default:
		return fmt.Errorf("%w; and: %w", failure, err)
	}
	failure.Update, failure.Kept, failure.Before = ruin.Update, ruin.Kept, ruin.Before
	return failure
}
