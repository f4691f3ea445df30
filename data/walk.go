package data

// Position is where an endless walk over a set stands: all that is needed to go on from there with the same batches,
// bit for bit. It is plain data for a checkpoint.
type Position struct {
	Seed  uint64 `json:"seed"`
	Epoch int    `json:"epoch"` // how many times the whole set has been gone through
	Index int    `json:"index"` // items already taken in this epoch
}

// walk goes over n items for ever, each epoch in an order of its own. Order and flips are a function of the seed and
// the epoch alone.
type walk struct {
	n, size int
	pos     Position

	order  []int32 // the epoch's permutation
	mirror []bool  // the epoch's flips, by place in the order
	ready  int     // the epoch that order and mirror belong to, or −1
}

// next moves past one batch and returns its part of the order and of the flips. What is left at an epoch's end and
// does not fill a batch is skipped.
func (w *walk) next() (order []int32, mirror []bool) {
	if w.pos.Index+w.size > w.n {
		w.pos.Epoch, w.pos.Index = w.pos.Epoch+1, 0
	}
	if w.ready != w.pos.Epoch {
		w.shuffle()
	}
	from, to := w.pos.Index, w.pos.Index+w.size
	w.pos.Index = to
	return w.order[from:to], w.mirror[from:to]
}

// shuffle draws the epoch's order and flips.
func (w *walk) shuffle() {
	r := newRandom(w.pos.Seed, uint64(w.pos.Epoch))
	w.order, w.mirror = sized(w.order, w.n), sized(w.mirror, w.n)
	for i := range w.order {
		w.order[i] = int32(i)
	}
	r.shuffle(w.n, func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
	for i := range w.mirror {
		w.mirror[i] = r.coin()
	}
	w.ready = w.pos.Epoch
}
