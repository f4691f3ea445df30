package data

import (
	"encoding/json"
	"fmt"
)

// Source yields a set's batches in the plain types that a training loop takes: it is a realnvp.Source.
type Source struct {
	batches *Batches
	batch   Batch
}

// Source gives the batches as a Source. It shares their position: do not call Next on both.
func (b *Batches) Source() *Source { return &Source{batches: b} }

// Next gives the next batch's samples, flat, its labels, and the position of the batch after it as JSON. The slices hold
// until the next call. The error is always nil.
func (s *Source) Next() (x []float32, labels []int, position []byte, err error) {
	s.batches.NextInto(&s.batch)
	position, err = json.Marshal(s.batch.Next)
	return s.batch.X, s.batch.Labels, position, err
}

// Seek goes to a position that Next gave. It fails where the position is not one of this set.
func (s *Source) Seek(position []byte) error {
	var at Position
	if err := json.Unmarshal(position, &at); err != nil {
		return fmt.Errorf("data: position %q is none that a source gave: %w", position, err)
	}
	return s.batches.Seek(at)
}
