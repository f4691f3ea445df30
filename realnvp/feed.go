package realnvp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
)

// fed is a batch made ready for the training step while the step before ran.
type fed struct {
	x        []float32
	wide     []float64 // x with more digits, where the source has them
	dims     []int
	given    given
	position []byte
	drawn    uint64 // batches, with this one, since the training began
	err      error
}

// startFeed draws batches from the source ahead of the training step, checks them and dequantizes them. The channel
// closes when ctx is done.
func (m *Model) startFeed(ctx context.Context, src Source, t TrainConfig) <-chan fed {
	feed := make(chan fed, 2)
	// The noise of a batch depends on the seed and on how many batches came before, so a resumed training sees the same.
	number := m.progress.Batches
	go func() {
		defer close(feed)
		for {
			batch := m.prepare(src, t, number)
			number++
			select {
			case feed <- batch:
			case <-ctx.Done():
				return
			}
			if batch.err != nil {
				return
			}
		}
	}()
	return feed
}

func (m *Model) prepare(src Source, t TrainConfig, number uint64) (batch fed) {
	var x []float32
	var labels []int
	batch.drawn = number + 1
	if err := recovered("its Next", func() (err error) { x, labels, batch.position, err = src.Next(); return err }); err != nil {
		return fed{err: fmt.Errorf("the source failed: %w", err)}
	}
	if precise, ok := src.(Precise); ok && m.settings.DType == "float64" {
		batch.wide = slices.Clone(precise.Float64())
	}
	var err error
	switch {
	case m.settings.Pixels && t.NoDequantize:
		err = checkRange(m, "training batch", x, 256)
	case m.settings.Pixels:
		err = checkPixels(m, "training batch", x)
	case batch.wide != nil && len(batch.wide) != len(x):
		err = fmt.Errorf("realnvp: training batch: %d numbers by Next and %d by Float64", len(x), len(batch.wide))
	case batch.wide != nil:
		err = checkSamples(m, "training batch", batch.wide)
	default:
		err = checkSamples(m, "training batch", x)
	}
	n := len(x) / m.Dim()
	if err == nil {
		batch.given, err = m.condition(n, m.labelsOf(labels), vectorsOf(src), givenBySource)
	}
	if err == nil {
		err = checkSplit(n, t.Devices)
	}
	if err != nil {
		batch.err = err
		return batch
	}
	batch.x = slices.Clone(x)
	if m.settings.Pixels && !t.NoDequantize {
		Dequantize(batch.x, rand.New(rand.NewPCG(t.Seed, number)).Uint64())
	}
	batch.dims = append([]int{n}, m.settings.Sample...)
	return batch
}

// labelsOf are the labels that a model which is conditioned on none has no use for, or those of the batch.
func (m *Model) labelsOf(labels []int) []int {
	if len(m.settings.Classes) == 0 {
		return nil
	}
	return labels
}

// vectorsOf are the vectors of a source's last batch, if it has any.
func vectorsOf(src Source) []float32 {
	if c, ok := src.(Conditioned); ok {
		return slices.Clone(c.Vectors())
	}
	return nil
}

// tensor is the batch's samples in the model's type.
func (b fed) tensor(m *Model) *tensors.Tensor {
	if b.wide != nil {
		return tensorOfNumbers(m, b.wide, b.dims...)
	}
	return tensorOfNumbers(m, b.x, b.dims...)
}

// awaitFeed waits until no source is in use by an earlier training, but no longer than ctx.
func (m *Model) awaitFeed(ctx context.Context) error {
	for m.feed != nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("realnvp: train: interrupted before it began, while the source of the training before was still busy: %w", context.Cause(ctx))
		case _, open := <-m.feed:
			if !open {
				m.feed = nil
			}
		}
	}
	return nil
}
