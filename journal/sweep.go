package journal

import (
	"flowbook/journal/internal/ids"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// WithSweep says that the run belongs to a sweep.
func WithSweep(s record.Sweep) Option { return func(b *beginning) { b.sweep = &s } }

// WithID gives the run an id that [NewID] made before. A second run of an id is refused with ErrDuplicate.
func WithID(id string) Option { return func(b *beginning) { b.id = id } }

// NewID makes an id that a run can be begun with later, by [WithID].
func NewID() string { return ids.New() }

// Database says where the journal's database is, for the packages of this module that keep something beside it.
func (j *Journal) Database() store.Location { return j.at }
