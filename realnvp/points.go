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
	x       []float32
	wide    []float64 // x with more digits, of NewPoints64
	labels  []int     // as many for each sample as divide them
	vectors []float32 // as many for each sample as divide them, of WithVectors
	dim     int
	batch   int
	at      pointsPosition
	order   []int

	lastWide    []float64
	lastVectors []float32
}

type pointsPosition struct {
	Seed  uint64 `json:"seed"`
	Epoch int    `json:"epoch"`
	Index int    `json:"index"`
	// Data is the digest of the samples and labels; empty in a position that does not say.
	Data string `json:"data,omitempty"`
}

// NewPoints makes a Source of n·dim numbers that yields batches of the given size, batch·dim numbers each; seed
// shuffles. labels may be nil, or hold as many labels for each sample as the model has. x and labels are not copied.
// It fails where the numbers are not a whole number of samples, or fewer than a batch, or the labels not as many for
// each, and names a number that is not finite by its row and column.
func NewPoints(x []float32, labels []int, dim, batch int, seed uint64) (*Points, error) {
	if err := checkPoints(x, labels, dim, batch); err != nil {
		return nil, err
	}
	p := &Points{x: x, labels: labels, dim: dim, batch: batch, at: pointsPosition{Seed: seed}}
	p.at.Data = digestOfPoints(x, labels, dim)
	return p, nil
}

// NewPoints64 is NewPoints for samples whose digits float32 does not hold, with a model in float64 (New's option
// Float64).
func NewPoints64(x []float64, labels []int, dim, batch int, seed uint64) (*Points, error) {
	if err := checkPoints(x, labels, dim, batch); err != nil {
		return nil, err
	}
	p := &Points{x: converted[float32](x), wide: x, labels: labels, dim: dim, batch: batch, at: pointsPosition{Seed: seed}}
	p.at.Data = digestOfPoints(x, labels, dim)
	return p, nil
}

// WithVectors gives each sample the vector that its density is conditioned on (New's option Given), sample after
// sample, and returns p. It fails where they are not as many numbers for each sample, and for numbers that are not
// finite.
func (p *Points) WithVectors(u []float32) (*Points, error) {
	n := len(p.x) / p.dim
	if len(u) == 0 || len(u)%n != 0 {
		return nil, fmt.Errorf("realnvp: points: %d numbers of vectors for %d samples; give as many for each", len(u), n)
	}
	for i, v := range u {
		if !finite(float64(v)) {
			return nil, fmt.Errorf("realnvp: points: the vector of row %d holds %v at position %d; remove the row, or fill in the number", i/(len(u)/n), v, i%(len(u)/n))
		}
	}
	p.vectors = u
	p.at.Data += digestOfPoints(u, nil, len(u)/n)
	return p, nil
}

func checkPoints[T float32 | float64](x []T, labels []int, dim, batch int) error {
	switch {
	case dim < 1 || len(x)%dim != 0:
		return fmt.Errorf("realnvp: points: %d numbers are not a whole number of samples of %d", len(x), dim)
	case batch < 1 || len(x)/dim < batch:
		return fmt.Errorf("realnvp: points: batches of %d from %d samples; take 1 to as many as there are", batch, len(x)/dim)
	case labels != nil && (len(labels) == 0 || len(labels)%(len(x)/dim) != 0):
		return fmt.Errorf("realnvp: points: %d labels for %d samples", len(labels), len(x)/dim)
	}
	for i, v := range x {
		if !finite(float64(v)) {
			return fmt.Errorf("realnvp: points: row %d of the data holds %v in column %d (both count from 0); remove the row, or fill in the number", i/dim, v, i%dim)
		}
	}
	return nil
}

func digestOfPoints[T float32 | float64](x []T, labels []int, dim int) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %v ", dim, labels)
	_ = binary.Write(h, binary.LittleEndian, x) // a hash never fails
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Next gives the next batch, batch·dim numbers; see Source. It never fails.
func (p *Points) Next() (x []float32, labels []int, position []byte, err error) {
	n := len(p.x) / p.dim
	if p.at.Index+p.batch > n {
		p.at.Epoch, p.at.Index, p.order = p.at.Epoch+1, 0, nil
	}
	if p.order == nil {
		p.order = rand.New(rand.NewPCG(p.at.Seed, uint64(p.at.Epoch))).Perm(n)
	}
	p.lastWide, p.lastVectors = nil, nil
	for _, i := range p.order[p.at.Index : p.at.Index+p.batch] {
		x = append(x, rowOf(p.x, i, n)...)
		labels = append(labels, rowOf(p.labels, i, n)...)
		p.lastWide = append(p.lastWide, rowOf(p.wide, i, n)...)
		p.lastVectors = append(p.lastVectors, rowOf(p.vectors, i, n)...)
	}
	p.at.Index += p.batch
	position, err = json.Marshal(p.at)
	return x, labels, position, err
}

// rowOf is what belongs to sample i of n in a list.
func rowOf[T any](list []T, i, n int) []T {
	width := len(list) / n
	return list[i*width : (i+1)*width]
}

// Float64 is the batch that Next gave last, of NewPoints64; nil of NewPoints.
func (p *Points) Float64() []float64 { return p.lastWide }

// Vectors are those of the batch that Next gave last; nil without WithVectors.
func (p *Points) Vectors() []float32 { return p.lastVectors }

// Dim is D, how many numbers a sample has.
func (p *Points) Dim() int { return p.dim }

// checkLabels names the first label that is none of a model's, by the row of the data.
func (p *Points) checkLabels(classes []int) error {
	n, k := len(p.x)/p.dim, len(classes)
	switch {
	case k == 0:
		return nil
	case len(p.labels) != n*k:
		return fmt.Errorf("realnvp: points: %d labels for %d samples, and the model has %d for each; give them to NewPoints", len(p.labels), n, k)
	}
	for i, l := range p.labels {
		if l < 0 || l >= classes[i%k] {
			return fmt.Errorf("realnvp: points: label %d of row %d is not in 0…%d", l, i/k, classes[i%k]-1)
		}
	}
	return nil
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
