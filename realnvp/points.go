package realnvp

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// Points is a Source over samples in memory: shuffled epochs of full batches.
type Points struct {
	x      []float32
	labels []int
	dim    int
	batch  int
	at     pointsPosition
	order  []int
}

type pointsPosition struct {
	Seed  uint64 `json:"seed"`
	Epoch int    `json:"epoch"`
	Index int    `json:"index"`
}

// NewPoints makes a Source of n·dim numbers that yields batches of the given size; seed shuffles. labels may be nil.
// It fails where the numbers are no whole number of samples, or fewer than a batch.
func NewPoints(x []float32, labels []int, dim, batch int, seed uint64) (*Points, error) {
	switch {
	case dim < 1 || len(x)%dim != 0:
		return nil, fmt.Errorf("realnvp: points: %d numbers are no whole number of samples of %d", len(x), dim)
	case batch < 1 || len(x)/dim < batch:
		return nil, fmt.Errorf("realnvp: points: batches of %d from %d samples; take 1 to as many as there are", batch, len(x)/dim)
	case labels != nil && len(labels) != len(x)/dim:
		return nil, fmt.Errorf("realnvp: points: %d labels for %d samples", len(labels), len(x)/dim)
	}
	return &Points{x: x, labels: labels, dim: dim, batch: batch, at: pointsPosition{Seed: seed}}, nil
}

// Next gives the next batch; see Source.
func (p *Points) Next() (x []float32, labels []int, position []byte, err error) {
	n := len(p.x) / p.dim
	if p.at.Index+p.batch > n {
		p.at.Epoch, p.at.Index, p.order = p.at.Epoch+1, 0, nil
	}
	if p.order == nil {
		p.order = rand.New(rand.NewPCG(p.at.Seed, uint64(p.at.Epoch))).Perm(n)
	}
	for _, i := range p.order[p.at.Index : p.at.Index+p.batch] {
		x = append(x, p.x[i*p.dim:(i+1)*p.dim]...)
		if p.labels != nil {
			labels = append(labels, p.labels[i])
		}
	}
	p.at.Index += p.batch
	position, err = json.Marshal(p.at)
	return x, labels, position, err
}

// Seek goes to a position that Next gave.
func (p *Points) Seek(position []byte) error {
	var at pointsPosition
	if err := json.Unmarshal(position, &at); err != nil {
		return fmt.Errorf("realnvp: points: position %q: %w", position, err)
	}
	if at.Index < 0 || at.Index > len(p.x)/p.dim || at.Epoch < 0 {
		return fmt.Errorf("realnvp: points: position %s is outside these %d samples", position, len(p.x)/p.dim)
	}
	p.at, p.order = at, nil
	return nil
}
