package realnvp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
)

// Result is how a training ended.
type Result struct {
	// Step is the last optimizer step taken, those of earlier trainings counted.
	Step int
	// Last is the last validation, Best the best; both zero without Validation.
	Last, Best ValidationInfo
	// NonFinite counts the validations in which samples had a log p that was not finite. None of them is the best.
	NonFinite int
	// Stopped says why it ended before Steps, or that Steps asked for nothing; empty where it ended as asked.
	Stopped string
}

// Train minimises the mean −log p of the source's batches, in nats (Dinh et al. 2016, eq. 3), by Adam (Kingma and Ba
// 2014, arXiv:1412.6980).
//
// A model that was trained before, in this process or in that of a checkpoint, is trained again in one of four ways:
//
//   - go on, from the step and the place in the source where it stopped, to TrainConfig.Steps in all: with the same
//     source, configuration, backend and machine the metrics and weights are, bit for bit, those of a training that
//     never stopped;
//   - for more steps: the same, with TrainConfig.MoreSteps in place of Steps;
//   - on another source: TrainConfig.Start is OtherSource, and weights and optimizer go on;
//   - anew from these weights: TrainConfig.Start is Afresh.
//
// A step replaces everything that training moves, weights, running moments, Adam's state, averages and positions, or
// nothing of it. The weights that Train leaves and writes are ones whose own loss was computed and in order: a
// checkpoint that is due at a step is written when the next step has shown the loss of its weights, and the last
// step's weights are tried once more on a batch.
//
// Before the first step Train fails, and the model is as it was, where TrainConfig.Validate does, where the source,
// the validation data or the devices are not such as the model takes, and where no checkpoint can be written.
//
// Training stops early, with a checkpoint where one is configured, when ctx is done (at once, also while the source
// or a validation is slow; the error wraps ctx's cause), when a hook or the source fails or panics, and when the
// loss, or its gradient, is not finite (a *NonFiniteError, which says whether a batch or an update is to blame, and
// which weights are kept; where it is an update, a checkpoint that is there stays as it is). Where ctx is done while
// the source is in Next, that call is left to end by itself: use the source again only after it.
func (m *Model) Train(ctx context.Context, src Source, t TrainConfig) (Result, error) {
	if err := m.startTraining(); err != nil {
		return Result{}, err
	}
	defer m.endTraining()
	nothing := Result{Step: m.step, Best: m.progress.Best}
	check := func() error { return cmp.Or(checkContext(ctx), m.checkSource(src), m.checkTraining(t)) }
	if err := recovered("train", check); err != nil {
		return nothing, err
	}
	if t.MoreSteps > 0 {
		t.Steps = t.MoreSteps
		if t.Start != Afresh {
			t.Steps = m.step + min(t.MoreSteps, math.MaxInt-m.step)
		}
	}
	due := m.progress.ValidationDue && t.validates() // that of the last step was cut
	if m.step >= t.Steps && t.Start != Afresh && !due {
		nothing.Stopped = fmt.Sprintf("nothing to do: the model is at step %d, and Steps is %d in all; ask for more by MoreSteps", m.step, t.Steps)
		return nothing, m.saveIfMissing(t)
	}
	tr := &training{m: m, t: t}
	if err := tr.begin(ctx, src); err != nil {
		return nothing, err
	}
	err := recovered("train: stopped by a panic", func() error { return tr.loop(ctx) })
	return tr.result, tr.end(ctx, err)
}

// startTraining notes that a training is under way; it fails where one is.
func (m *Model) startTraining() error {
	m.still.Lock()
	defer m.still.Unlock()
	if m.training {
		return errors.New("realnvp: train: this model is being trained by another call; wait for its end, or train a copy that Load gives")
	}
	m.training = true
	return nil
}

func (m *Model) endTraining() {
	m.still.Lock()
	defer m.still.Unlock()
	m.training = false
}

// training is a Train under way.
type training struct {
	m      *Model
	t      TrainConfig
	feed   <-chan fed
	stop   context.CancelFunc // ends feed
	first  *fed               // a batch taken from feed and not trained on yet
	steps  *stepper
	result Result

	before  state  // as Train found the model
	good    *state // the last whose own loss was seen to be in order
	best    *state // of the best validation; nil where it is of another Train
	witness        // batches that were scored, to try weights on
	taken   int    // steps
	madeUp  bool   // whether it only made up for the validation of the last step, which was cut before
	due     bool   // whether a checkpoint is to be written as soon as its weights are seen to be good
	stopped bool   // whether Patience ended it and the best weights were given back
	ruined  bool   // whether an update spoiled the weights, so that those before it are kept

	givenBack *checkpoint // the best weights, where they come from a file
}

func (tr *training) loop(ctx context.Context) error {
	m, t := tr.m, tr.t
	for m.step < t.Steps || m.progress.ValidationDue {
		if !m.progress.ValidationDue {
			info, err := tr.step(ctx)
			if err != nil {
				return err
			}
			tr.result.Step = m.step
			tr.note(func(p *progress) {
				p.ValidationDue = t.validates() && (m.step == t.Steps || t.ValidateEvery > 0 && m.step%t.ValidateEvery == 0)
			})
			if t.OnStep != nil {
				if err := stoppedBy("OnStep", m.step, t.OnStep(info)); err != nil {
					return err
				}
			}
		}
		if m.progress.ValidationDue {
			if err := tr.validate(ctx); err != nil {
				return err
			}
			tr.madeUp = tr.taken == 0 && m.step >= t.Steps
			if t.Patience > 0 && m.progress.SinceBest >= t.Patience {
				return tr.stopEarly()
			}
		}
		tr.due = tr.due || t.CheckpointEvery > 0 && m.step%t.CheckpointEvery == 0
	}
	return nil
}

// stoppedBy says which hook stopped a training; nil where it did not.
func stoppedBy(hook string, step int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("realnvp: train: stopped by %s at step %d: %w", hook, step, err)
}

// step takes one optimizer step, of one batch or of Accumulate. Where it fails, the state is the one before it.
func (tr *training) step(ctx context.Context) (StepInfo, error) {
	begin, err := tr.now()
	if err != nil {
		return StepInfo{}, err
	}
	info, bad, err := tr.batches(ctx, begin)
	if bad == nil && err == nil {
		tr.taken++
		return info, begin.values.free(tr.held()...)
	}
	if backErr := tr.back(begin); backErr != nil {
		return info, errors.Join(err, backErr)
	}
	if bad != nil {
		err = tr.refuse(info.Step, bad)
	}
	return info, err
}

// refused is a batch whose loss or gradient was not finite.
type refused struct {
	batch fed
	out   outcome
}

// batches runs the batches of one step, up to the first that is refused. With the last of them the step is taken.
func (tr *training) batches(ctx context.Context, begin state) (info StepInfo, bad *refused, err error) {
	m, t := tr.m, tr.t
	info = StepInfo{Step: m.step + 1, LearningRate: t.learningRate(m.step + 1)}
	batches := max(1, t.Accumulate)
	for k := range batches {
		batch, err := tr.next(ctx)
		if err != nil {
			return info, nil, err
		}
		out, err := tr.steps.run(batch, info.LearningRate, m.decay(t), k == batches-1)
		if err != nil {
			return info, nil, err
		}
		if !out.finite() {
			return info, &refused{batch, out}, out.next.free()
		}
		if k == 0 {
			if err := tr.saw(begin, out.loss, batch); err != nil {
				return info, nil, errors.Join(err, out.next.free())
			}
		}
		err = m.moving(func() error {
			if err := tr.steps.take(out.next, begin.values); err != nil {
				return err
			}
			m.progress.Position, m.progress.Batches = batch.position, batch.drawn
			if k == batches-1 {
				m.step++
			}
			return nil
		})
		if err != nil {
			return info, nil, err
		}
		info.Loss += out.loss / float64(batches)
		info.GradNorm = out.norm
	}
	info.BitsPerDim = info.Loss / (float64(m.Dim()) * math.Ln2)
	return info, nil, nil
}

// next waits for a batch, but no longer than ctx.
func (tr *training) next(ctx context.Context) (fed, error) {
	interrupted := func() error {
		return fmt.Errorf("realnvp: train: interrupted after step %d: %w", tr.m.step, context.Cause(ctx))
	}
	if ctx.Err() != nil {
		return fed{}, interrupted()
	}
	if batch := tr.first; batch != nil {
		tr.first = nil
		return *batch, nil
	}
	select {
	case <-ctx.Done():
		return fed{}, interrupted()
	case batch, open := <-tr.feed:
		if !open {
			return fed{}, interrupted()
		}
		if batch.err != nil {
			return fed{}, fmt.Errorf("realnvp: train: step %d: %w", tr.m.step+1, batch.err)
		}
		return batch, nil
	}
}

// decay is the EMA's decay at the next step: it grows to t.EMA with the average's age, so that a short training is not
// held at the weights that the average began with.
func (m *Model) decay(t TrainConfig) float64 {
	age := float64(m.step + 1 - m.progress.AverageSince)
	return math.Min(t.EMA, (1+age)/(10+age))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
