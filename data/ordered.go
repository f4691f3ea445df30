package data

import (
	"context"
	"runtime"
	"sync"
)

// ordered runs work(0…n−1) on every core and hands the results to sink one at a time, in order, with only a few results
// in memory at once. It stops at sink's first error or when ctx ends, and returns when no work is running any more.
func ordered[T any](ctx context.Context, n int, work func(i int) T, sink func(i int, v T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	depth := 8 * workers
	results := make([]chan T, depth) // result i lies in slot i mod depth
	for i := range results {
		results[i] = make(chan T, 1)
	}
	tokens, jobs := make(chan struct{}, depth), make(chan int)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() {
		defer close(jobs)
		for i := range n {
			select { // a token for i is free only after result i−depth has left its slot
			case tokens <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case jobs <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	for range workers {
		running.Go(func() {
			for i := range jobs {
				results[i%depth] <- work(i)
			}
		})
	}
	for i := range n {
		select {
		case v := <-results[i%depth]:
			if err := sink(i, v); err != nil {
				return err
			}
			<-tokens
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
