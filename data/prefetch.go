package data

import "sync"

// Prefetched gives the batches of a walk, made ahead in the background, so that a training step doesn't wait for them.
type Prefetched struct {
	ready, used chan *Batch
	last        *Batch
	stop        chan struct{}
	once        sync.Once
	done        sync.WaitGroup
}

// Prefetch starts making up to depth batches (at least 1) ahead. From then on b itself must not be used; the place to
// resume from is in each [Batch]. Call Close at the end.
func (b *Batches) Prefetch(depth int) *Prefetched {
	depth = max(depth, 1)
	p := &Prefetched{ready: make(chan *Batch, depth+1), used: make(chan *Batch, depth+1), stop: make(chan struct{})}
	for range depth + 1 {
		p.used <- new(Batch)
	}
	p.done.Go(func() {
		for {
			select {
			case batch := <-p.used:
				b.NextInto(batch)
				p.ready <- batch // has room for every batch there is
			case <-p.stop:
				return
			}
		}
	})
	return p
}

// Next is the walk's next batch. Its slices are the walk's own and hold until the next call of Next. It is for one
// goroutine. After Close it returns an empty batch.
func (p *Prefetched) Next() Batch {
	if p.last != nil {
		p.used <- p.last
		p.last = nil
	}
	select {
	case <-p.stop:
		return Batch{}
	default:
	}
	select {
	case p.last = <-p.ready:
		return *p.last
	case <-p.stop:
		return Batch{}
	}
}

// Close ends the background work. It may be called more than once.
func (p *Prefetched) Close() {
	p.once.Do(func() { close(p.stop) })
	p.done.Wait()
}
