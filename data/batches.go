package data

import "fmt"

// Batch is one step's pictures or points.
type Batch struct {
	X       []float32 // pictures: [n, H, W, C], pixel values 0…255; points: [n, 2]
	Labels  []int     // [n], nil where the set has none
	Indices []int     // [n], which items of the set these are
	Next    Position  // where the walk stands after this batch: save this to resume
}

// Batches walks a set for ever in batches of one size, each epoch in an order of its own. The order, and the flips, are
// a function of the seed and the epoch alone, so a walk restored with [Batches.Seek] goes on bit for bit. What is left
// at an epoch's end and does not fill a batch is skipped (compiled programs want one shape), so each epoch skips others.
type Batches struct {
	set  set
	walk walk
	flip bool
}

// set is what batches are drawn from: [Images] or [Points].
type set interface {
	Len() int
	Size() int // numbers in one item
	title() string
	sum() string // the digest of the data
	labels() []int
	copyTo(dst []float32, i int, mirror bool)
}

func newBatches(s set, size int, seed uint64) (*Batches, error) {
	if size < 1 || size > s.Len() {
		return nil, fmt.Errorf("data: batches of %d from %s, which has %d items: choose 1…%d", size, s.title(), s.Len(), s.Len())
	}
	return &Batches{set: s, walk: walk{n: s.Len(), size: size, pos: Position{Seed: seed}, ready: -1}}, nil
}

// Flip makes every picture appear mirrored left to right with probability ½, and returns b. Points stay as they are.
func (b *Batches) Flip() *Batches {
	b.flip = true
	return b
}

// PerEpoch is the number of batches in an epoch.
func (b *Batches) PerEpoch() int { return b.walk.n / b.walk.size }

// Position is where the walk stands.
func (b *Batches) Position() Position { return b.walk.pos }

// Seek moves the walk to a saved position, its seed included.
func (b *Batches) Seek(p Position) error {
	if p.Epoch < 0 || p.Index < 0 || p.Index > b.walk.n {
		return fmt.Errorf("data: position %+v is not one of a walk over %s with %d items", p, b.set.title(), b.walk.n)
	}
	b.walk.pos, b.walk.ready = p, -1
	return nil
}

// Next is the next batch, in slices of its own.
func (b *Batches) Next() Batch {
	var batch Batch
	b.NextInto(&batch)
	return batch
}

// NextInto is [Batches.Next] into the slices batch already has, so that a long walk makes no garbage.
func (b *Batches) NextInto(batch *Batch) {
	order, mirror := b.walk.next()
	size, labels := b.set.Size(), b.set.labels()
	batch.X = sized(batch.X, len(order)*size)
	batch.Indices = sized(batch.Indices, len(order))
	if labels != nil {
		batch.Labels = sized(batch.Labels, len(order))
	}
	for k, i := range order {
		batch.Indices[k] = int(i)
		if labels != nil {
			batch.Labels[k] = labels[i]
		}
		b.set.copyTo(batch.X[k*size:(k+1)*size], int(i), b.flip && mirror[k])
	}
	batch.Next = b.walk.pos
}
