package realnvp

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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
	// Data is the digest of the samples and labels; empty in a position of before it was part of one.
	Data string `json:"data,omitempty"`
}

// NewPoints makes a Source of n·dim numbers that yields batches of the given size; seed shuffles. labels may be nil.
// It fails where the numbers are not a whole number of samples, or fewer than a batch, and names a number that is not
// finite by its row and column.
func NewPoints(x []float32, labels []int, dim, batch int, seed uint64) (*Points, error) {
	switch {
	case dim < 1 || len(x)%dim != 0:
		return nil, fmt.Errorf("realnvp: points: %d numbers are not a whole number of samples of %d", len(x), dim)
	case batch < 1 || len(x)/dim < batch:
		return nil, fmt.Errorf("realnvp: points: batches of %d from %d samples; take 1 to as many as there are", batch, len(x)/dim)
	case labels != nil && len(labels) != len(x)/dim:
		return nil, fmt.Errorf("realnvp: points: %d labels for %d samples", len(labels), len(x)/dim)
	}
	for i, v := range x {
		if !finite(float64(v)) {
			return nil, fmt.Errorf("realnvp: points: row %d of the data holds %v in column %d (both count from 0); remove the row, or fill in the number", i/dim, v, i%dim)
		}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d %v ", dim, labels)
	_ = binary.Write(h, binary.LittleEndian, x) // a hash never fails
	at := pointsPosition{Seed: seed, Data: hex.EncodeToString(h.Sum(nil)[:8])}
	return &Points{x: x, labels: labels, dim: dim, batch: batch, at: at}, nil
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

// Seek goes to a position that Next gave. It fails for one of other samples, or of another seed.
func (p *Points) Seek(position []byte) error {
	var at pointsPosition
	if err := json.Unmarshal(position, &at); err != nil {
		return fmt.Errorf("realnvp: points: position %q: %w", position, err)
	}
	switch {
	case at.Data != "" && at.Data != p.at.Data:
		return fmt.Errorf("realnvp: points: the position is of other data than these %d samples", len(p.x)/p.dim)
	case at.Seed != p.at.Seed:
		return fmt.Errorf("realnvp: points: the position is of samples shuffled by seed %d; these are by %d", at.Seed, p.at.Seed)
	case at.Index < 0 || at.Index > len(p.x)/p.dim || at.Epoch < 0:
		return fmt.Errorf("realnvp: points: position %s is outside these %d samples", position, len(p.x)/p.dim)
	}
	at.Data = p.at.Data
	p.at, p.order = at, nil
	return nil
}
