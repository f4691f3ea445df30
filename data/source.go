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

// sourcePosition is a position with the data that it is of.
type sourcePosition struct {
	Position
	Data string `json:"data,omitempty"` // the set's digest; empty in a position of before it was part of one
}

// Next gives the next batch's samples, flat, its labels, and the position of the batch after it as JSON. The slices hold
// until the next call. The error is always nil.
func (s *Source) Next() (x []float32, labels []int, position []byte, err error) {
	s.batches.NextInto(&s.batch)
	position, err = json.Marshal(sourcePosition{s.batch.Next, s.batches.set.sum()})
	return s.batch.X, s.batch.Labels, position, err
}

// Seek goes to a position that Next gave. The seed is part of it. It fails where the position is of
// other data.
func (s *Source) Seek(position []byte) error {
	var at sourcePosition
	if err := json.Unmarshal(position, &at); err != nil {
		return fmt.Errorf("data: position %q is none that a source gave: %w", position, err)
	}
	if set := s.batches.set; at.Data != "" && at.Data != set.sum() {
		return fmt.Errorf("data: the position is of other data than %s", set.title())
	}
	return s.batches.Seek(at.Position)
}

// Dim is how many numbers a sample has.
func (s *Source) Dim() int { return s.batches.set.Size() }
