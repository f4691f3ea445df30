package sweep

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/riverqueue/river/rivertype"

	"flowbook/journal"
	"flowbook/journal/group"
	"flowbook/journal/record"
)

// A State says how a run of a sweep stands. What the journal says of a run goes before what the queue says of its job.
type State string

// A run waits for a worker, also after it was interrupted or failed, as long as it is to be taken again.
const (
	StateWaiting     State = "waiting"
	StateRunning     State = "running"
	StateFinished    State = "finished"
	StateFailed      State = "failed"
	StateCancelled   State = "cancelled"
	StateInterrupted State = "interrupted" // and no job goes on with it
	StateRemoved     State = "removed"     // it was finished; its run is in the trash, or deleted
)

// A Status is a sweep and its runs.
type Status struct {
	record.Sweep
	Experiment string        `json:"experiment"`
	Created    time.Time     `json:"created"`
	Counts     map[State]int `json:"counts"`
	Runs       []Run         `json:"runs"`
}

// A Run is one run of a sweep, begun or not.
type Run struct {
	ID     string          `json:"id"`
	Number int             `json:"number"` // in the sweep, from 1; 0: not known, where only the journal knows of it
	Values []string        `json:"values"` // of the sweep's parameters
	State  State           `json:"state"`
	Error  string          `json:"error,omitempty"`
	Record *journal.Record `json:"record,omitempty"` // nil: not begun
}

// Done tells whether no run of the sweep is running or waits.
func (s *Status) Done() bool { return s.Counts[StateWaiting]+s.Counts[StateRunning] == 0 }

// Sweeps lists the sweeps of the journal, newest first: those of the queue, and those that only runs tell of, as in a journal that came
// from another machine.
func (q *Queue) Sweeps(ctx context.Context) ([]*Status, error) { return q.read(ctx, "", "sweep") }

// Sweep reads one sweep by its id.
func (q *Queue) Sweep(ctx context.Context, id string) (*Status, error) {
	if id == "" {
		return nil, invalid("the id of the sweep is empty")
	}
	all, err := q.read(ctx, id, "sweep = '"+id+"'")
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("journal %s: sweep %q: %w; journal sweep ls lists them", q.journal.Name(), id, journal.ErrNotFound)
	}
	return all[0], nil
}

// read puts together what the queue and the journal know of a sweep, or of all when id is "". where chooses the runs.
func (q *Queue) read(ctx context.Context, id, where string) ([]*Status, error) {
	rows, err := q.jobs(ctx, id)
	if err != nil {
		return nil, err
	}
	records, err := q.journal.Runs(ctx, journal.Query{Where: where})
	if err != nil {
		return nil, err
	}
	byRun := make(map[string]*journal.Record, len(records))
	for _, r := range records {
		byRun[r.ID] = r
	}
	all := map[string]*Status{}
	add := func(of record.Sweep, experiment string, created time.Time, r Run) {
		s := all[of.ID]
		if s == nil {
			s = &Status{Sweep: of, Experiment: experiment, Created: created, Counts: map[State]int{}}
			all[of.ID] = s
		}
		if created.Before(s.Created) {
			s.Created = created
		}
		s.Runs = append(s.Runs, r)
		s.Counts[r.State]++
	}
	for _, row := range rows {
		var a job
		if err := json.Unmarshal(row.EncodedArgs, &a); err != nil {
			return nil, err
		}
		rec := byRun[a.Run]
		delete(byRun, a.Run)
		r := Run{ID: a.Run, Number: a.Number, Values: a.Values, State: stateOf(row, rec), Record: rec}
		if rec != nil {
			r.Error = rec.Error
		} else if n := len(row.Errors); n > 0 && r.State == StateFailed {
			r.Error = row.Errors[n-1].Error
		}
		add(a.Sweep, a.Experiment, row.CreatedAt, r)
	}
	for _, rec := range slices.Backward(records) { // oldest first
		if byRun[rec.ID] != nil && rec.Sweep != nil {
			add(*rec.Sweep, rec.Experiment, rec.Started, Run{ID: rec.ID, Values: valuesOf(rec), State: State(rec.Status), Error: rec.Error, Record: rec})
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *Status) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	}), nil
}

// valuesOf reads the values of a sweep's parameters off a run's config.
func valuesOf(rec *journal.Record) []string {
	var values []string
	for _, path := range rec.Sweep.Params {
		values = append(values, group.Value(rec.Config, path))
	}
	return values
}

// stateOf is how a run stands by its job and its record, which is nil before it is begun.
func stateOf(row *rivertype.JobRow, rec *journal.Record) State {
	final := row.FinalizedAt != nil || cancelAsked(row)
	switch {
	case rec == nil && row.State == rivertype.JobStateCompleted:
		return StateRemoved
	case rec != nil && rec.Status == journal.Finished:
		return StateFinished
	case rec != nil && rec.Status == journal.Running:
		return StateRunning
	case rec != nil && rec.Status == journal.Failed && final:
		return StateFailed
	case final && (rec != nil || cancelAsked(row)):
		return StateCancelled
	case final && len(row.Errors) > 0:
		return StateFailed
	case final:
		return StateCancelled
	case row.State == rivertype.JobStateRunning && rec == nil:
		return StateRunning
	}
	return StateWaiting
}
