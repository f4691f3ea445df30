package realnvp

import (
	"context"
	"fmt"
	"math"
)

// Result is how a training ended.
type Result struct {
	// Step is the last optimizer step taken.
	Step int
	// Last is the last validation, Best the best; both zero without Validation.
	Last, Best ValidationInfo
	// Stopped says why it ended before Steps; empty where it did not.
	Stopped string
}

// Train minimises the mean −log p of the source's batches by Adam (Kingma and Ba 2014). It goes on from the step that
// the model is at, so a loaded checkpoint resumes: with the same source, configuration, backend and machine the
// metrics and weights are, bit for bit, those of a training that never stopped.
//
// It stops early, keeping the weights of the last good step and writing a checkpoint where one is configured: when ctx
// is done (the error wraps ctx's cause), when a hook fails, or when the loss or its gradient is not finite (a
// *NonFiniteError that names the step and the first layer whose output was not finite).
func (m *Model) Train(ctx context.Context, src Source, t TrainConfig) (Result, error) {
	result := Result{Step: m.step, Best: m.progress.Best}
	if err := t.Validate(); err != nil {
		return result, err
	}
	if err := m.checkDevices(t.Devices); err != nil {
		return result, err
	}
	if len(t.Validation) > 0 {
		if err := m.checkValidation(t); err != nil {
			return result, err
		}
	}
	if m.progress.Position != nil {
		if err := src.Seek(m.progress.Position); err != nil {
			return result, fmt.Errorf("realnvp: train: the source cannot go on where the checkpoint stopped: %w", err)
		}
	}
	step, err := m.newStepper(t)
	if err != nil {
		return result, err
	}
	loopCtx, stopFeed := context.WithCancel(ctx)
	feed := m.startFeed(loopCtx, src, t)
	defer func() {
		stopFeed()
		for range feed { // let the feeding goroutine end before the caller has the source again
		}
	}()
	result, err = m.trainLoop(ctx, feed, step, t, result)
	if closeErr := step.close(); err == nil {
		err = closeErr
	}
	if err == nil && t.Checkpoint == "" {
		return result, nil
	}
	if saveErr := m.saveProgress(t, result.Step, true); saveErr != nil && err == nil {
		err = saveErr
	}
	return result, err
}

func (m *Model) trainLoop(ctx context.Context, feed <-chan fed, step *stepper, t TrainConfig, result Result) (Result, error) {
	for m.step < t.Steps {
		info, err := m.trainStep(ctx, feed, step, t)
		if err != nil {
			return result, err
		}
		result.Step = m.step
		if t.OnStep != nil {
			if err := t.OnStep(info); err != nil {
				return result, fmt.Errorf("realnvp: train: stopped at step %d: %w", m.step, err)
			}
		}
		if len(t.Validation) > 0 && (m.step == t.Steps || t.ValidateEvery > 0 && m.step%t.ValidateEvery == 0) {
			if err := m.validateStep(t, &result); err != nil {
				return result, err
			}
			if t.Patience > 0 && m.progress.SinceBest >= t.Patience {
				result.Stopped = fmt.Sprintf("no better validation in %d tries", t.Patience)
				return result, nil
			}
		}
		if t.CheckpointEvery > 0 && m.step%t.CheckpointEvery == 0 && m.step < t.Steps {
			if err := m.saveProgress(t, m.step, false); err != nil {
				return result, err
			}
		}
	}
	return result, m.refreshAverage()
}

// trainStep takes one optimizer step, of one batch or of Accumulate.
func (m *Model) trainStep(ctx context.Context, feed <-chan fed, step *stepper, t TrainConfig) (StepInfo, error) {
	info := StepInfo{Step: m.step + 1, LearningRate: t.learningRate(m.step + 1)}
	batches := max(1, t.Accumulate)
	var last fed
	for k := range batches {
		if ctx.Err() != nil {
			return info, fmt.Errorf("realnvp: train: interrupted after step %d: %w", m.step, context.Cause(ctx))
		}
		batch, open := <-feed
		if !open {
			return info, fmt.Errorf("realnvp: train: interrupted after step %d: %w", m.step, context.Cause(ctx))
		}
		if batch.err != nil {
			return info, fmt.Errorf("realnvp: train: step %d: %w", m.step+1, batch.err)
		}
		loss, norm, err := step.run(batch, info.LearningRate, t.decay(m.step+1), k == batches-1)
		if err != nil {
			return info, err
		}
		if !finite(loss) || !finite(norm) {
			return info, m.nonFinite(m.step+1, loss, batch)
		}
		info.Loss += loss / float64(batches)
		info.GradNorm = norm
		last = batch
	}
	info.BitsPerDim = info.Loss / (float64(m.Dim()) * math.Ln2)
	m.step++
	m.progress.Position = last.position
	return info, nil
}

// decay is the EMA's decay at a step: it grows to t.EMA, so that a short training is not held at its first weights.
func (t TrainConfig) decay(step int) float64 {
	return math.Min(t.EMA, float64(1+step)/float64(10+step))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
