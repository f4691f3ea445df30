package data

import (
	"fmt"
	"math/rand/v2"
)

// Position is where an endless walk over a set stands: all that is needed to go on from there with the same batches,
// bit for bit. It is plain data for a checkpoint.
type Position struct {
	Seed  uint64 `json:"seed"`
	Epoch int    `json:"epoch"` // how many times the whole set has been gone through
	Index int    `json:"index"` // pictures already taken in this epoch
}

// Batch is one step's pictures.
type Batch struct {
	Pixels  []float32 // [n, H, W, C], pixel values 0…255
	Labels  []uint8   // [n], nil where the set has none
	Indices []int     // [n], which pictures of the set these are
	Next    Position  // where the walk stands after this batch: save this to resume
}

// Batches walks a set for ever in batches of one size, each epoch in an order of its own. The order, and the flips, are
// a function of the seed and the epoch alone, so a walk restored with [Batches.Seek] goes on bit for bit. What is left
// at an epoch's end and does not fill a batch is skipped (compiled programs want one shape), so each epoch skips others.
type Batches struct {
	images *Images
	size   int
	pos    Position
	flip   bool

	order  []int32 // the epoch's permutation
	mirror []bool  // the epoch's flips, by place in the order
	ready  int     // the epoch that order and mirror belong to, or −1
}

// Batches starts a walk of batches of the size given. It fails where the set is smaller than one batch.
func (m *Images) Batches(size int, seed uint64) (*Batches, error) {
	if size < 1 || size > m.Len() {
		return nil, fmt.Errorf("data: batches of %d from %s, which has %d pictures: choose 1…%d", size, m.Name, m.Len(), m.Len())
	}
	return &Batches{images: m, size: size, pos: Position{Seed: seed}, ready: -1}, nil
}

// Flip makes every picture appear mirrored left to right with probability ½, and returns b.
func (b *Batches) Flip() *Batches {
	b.flip = true
	return b
}

// PerEpoch is the number of batches in an epoch.
func (b *Batches) PerEpoch() int { return b.images.Len() / b.size }

// Position is where the walk stands.
func (b *Batches) Position() Position { return b.pos }

// Seek moves the walk to a saved position, its seed included.
func (b *Batches) Seek(p Position) error {
	if p.Epoch < 0 || p.Index < 0 || p.Index > b.images.Len() {
		return fmt.Errorf("data: position %+v is not one of a walk over %s with %d pictures", p, b.images.Name, b.images.Len())
	}
	b.pos, b.ready = p, -1
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
	m := b.images
	if b.pos.Index+b.size > m.Len() {
		b.pos.Epoch, b.pos.Index = b.pos.Epoch+1, 0
	}
	if b.ready != b.pos.Epoch {
		b.shuffle()
	}
	batch.Pixels = sized(batch.Pixels, b.size*m.Size())
	batch.Indices = sized(batch.Indices, b.size)
	if m.Labels != nil {
		batch.Labels = sized(batch.Labels, b.size)
	}
	for k := range b.size {
		place := b.pos.Index + k
		i := int(b.order[place])
		batch.Indices[k] = i
		if m.Labels != nil {
			batch.Labels[k] = m.Labels[i]
		}
		dst := batch.Pixels[k*m.Size() : (k+1)*m.Size()]
		if b.flip && b.mirror[place] {
			mirrored(dst, m.Image(i), m.W, m.C)
			continue
		}
		for j, p := range m.Image(i) {
			dst[j] = float32(p)
		}
	}
	b.pos.Index += b.size
	batch.Next = b.pos
}

// shuffle draws the epoch's order (Fisher–Yates) and flips. The generator is written out rather than taken from
// rand.Perm, so that a later Go release cannot change a recorded run.
func (b *Batches) shuffle() {
	n := b.images.Len()
	rng := rand.NewPCG(b.pos.Seed, uint64(b.pos.Epoch))
	b.order, b.mirror = sized(b.order, n), sized(b.mirror, n)
	for i := range b.order {
		b.order[i] = int32(i)
	}
	for i := n - 1; i > 0; i-- {
		j := int(rng.Uint64() % uint64(i+1)) // the bias, under n/2⁶⁴, is of no account
		b.order[i], b.order[j] = b.order[j], b.order[i]
	}
	for i := range b.mirror {
		b.mirror[i] = rng.Uint64()>>63 == 1
	}
	b.ready = b.pos.Epoch
}

// mirrored writes the picture src, its columns in reverse, to dst.
func mirrored(dst []float32, src []uint8, w, c int) {
	for row := 0; row < len(src); row += w * c {
		for x := range w {
			for k := range c {
				dst[row+x*c+k] = float32(src[row+(w-1-x)*c+k])
			}
		}
	}
}
