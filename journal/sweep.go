package journal

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"flowbook/journal/internal/dialect"
)

// A Sweep is what a run records of the sweep it belongs to; package sweep makes them. The values of its parameters are in
// the run's config.
type Sweep struct {
	ID string `json:"id"`
	// Params are the config values that the sweep varies, by dotted path, in the order asked for.
	Params []string `json:"params"`
	// Settings are what was asked for, as "rate=1e-3..1e-2:log:5".
	Settings []string `json:"settings"`
	// Random is how many combinations were drawn; 0: all of them.
	Random int `json:"random,omitempty"`
	// Seed is what they were drawn with.
	Seed uint64 `json:"seed,omitempty"`
}

// WithSweep says that the run belongs to a sweep.
func WithSweep(s Sweep) Option { return func(b *beginning) { b.sweep = &s } }

// WithID gives the run an id that [NewID] made before. A second run of an id is refused with ErrDuplicate.
func WithID(id string) Option { return func(b *beginning) { b.id = id } }

// NewID makes an id that a run can be begun with later, by [WithID].
func NewID() string { return newID() }

// Database says where the journal's database is, for the packages of this module that keep something beside it.
func (j *Journal) Database() dialect.Location { return j.at }

// columns are a sweep as the columns sweep and sweep_plan hold it.
func (s *Sweep) columns() (id, plan any, err error) {
	if s == nil {
		return nil, nil, nil
	}
	b, err := json.Marshal(s)
	return s.ID, string(b), err
}

// readSweep reads the column sweep_plan.
func readSweep(run string, plan sql.NullString) (*Sweep, error) {
	if !plan.Valid {
		return nil, nil
	}
	s := &Sweep{}
	if err := json.Unmarshal([]byte(plan.String), s); err != nil {
		return nil, fmt.Errorf("run %s: %w: its sweep: %w", run, ErrCorrupt, err)
	}
	return s, nil
}
