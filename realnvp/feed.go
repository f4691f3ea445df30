package realnvp

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// fed is a batch made ready for the training step while the step before ran.
type fed struct {
	x        []float32
	dims     []int
	labels   []int
	position []byte
	err      error
}

// startFeed draws batches from the source ahead of the training step, checks them and dequantizes them. The channel
// closes when ctx is done.
func (m *Model) startFeed(ctx context.Context, src Source, t TrainConfig) <-chan fed {
	feed := make(chan fed, 2)
	// The noise of a batch depends on the seed and on how many batches came before, so a resumed training sees the same.
	number := uint64(m.step * max(1, t.Accumulate))
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

func (m *Model) prepare(src Source, t TrainConfig, number uint64) fed {
	x, labels, position, err := src.Next()
	if err != nil {
		return fed{err: fmt.Errorf("the source failed: %w", err)}
	}
	batch := fed{position: position}
	if m.config.IsPixels() {
		top := float32(255)
		if t.NoDequantize {
			top = 256
		}
		err = m.checkPixels("training batch", x, top)
	} else {
		err = m.checkSamples("training batch", x)
	}
	n := len(x) / m.Dim()
	if err == nil && m.config.Classes > 0 {
		batch.labels = append(batch.labels, labels...) // the source's own hold only until its next call
		err = m.checkLabels(batch.labels, n)
	}
	if err == nil {
		err = checkSplit(n, t.Devices)
	}
	if err != nil {
		batch.err = err
		return batch
	}
	batch.x = append([]float32(nil), x...)
	if m.config.IsPixels() && !t.NoDequantize {
		Dequantize(batch.x, rand.New(rand.NewPCG(t.Seed, number)).Uint64())
	}
	batch.dims = append([]int{n}, m.config.sampleDims()...)
	return batch
}
