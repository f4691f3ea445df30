package journal

import (
	"context"
	"fmt"
	"slices"

	"flowbook/journal/fault"
	"flowbook/journal/query"
	"flowbook/journal/store"
)

// Runs lists the runs a query chooses, with their tags, data sets and metric summaries; [Journal.Get] reads all of a run.
func (j *Journal) Runs(ctx context.Context, q Query) ([]*Record, error) {
	filter, err := query.ParseFilter(q.Where)
	if err != nil {
		return nil, err
	}
	order, err := query.Order(q.Sort)
	if err != nil {
		return nil, err
	}
	sel := selection(q)
	if q.Plain() && q.Sort == "" {
		sel.Limit = q.Limit
	}
	all, err := j.store.Runs(ctx, sel)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r *Record) bool {
		j.judge(r)
		r.Attempts = nil
		return q.Status != "" && q.Status != r.Status || !filter.Match(r)
	})
	if order != nil {
		order(all)
	}
	if q.Limit > 0 && len(all) > q.Limit {
		all = all[:q.Limit]
	}
	return all, nil
}

// selection is what the store can choose of a query.
func selection(q Query) store.Selection {
	return store.Selection{Experiment: q.Experiment, Tags: q.Tags, Since: q.Since, Until: q.Until, Trash: q.Trash}
}

// Count tells how many runs a query chooses, its limit aside.
func (j *Journal) Count(ctx context.Context, q Query) (int, error) {
	if q.Plain() {
		return j.store.Count(ctx, selection(q))
	}
	q.Limit, q.Sort = 0, ""
	runs, err := j.Runs(ctx, q)
	return len(runs), err
}

// IDs lists the ids of all runs and entries, those in the trash too, the newest of each first.
func (j *Journal) IDs(ctx context.Context) ([]store.Listed, error) { return j.store.IDs(ctx) }

// Get reads all of a run by its id, from the trash too.
func (j *Journal) Get(ctx context.Context, id string) (*Record, error) {
	r, err := j.store.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	if j.judge(r); r.Status != Interrupted {
		return r, nil
	}
	// Its process may have died since the journal was opened.
	came, err := j.recoverSpool(ctx, r.ID)
	if err != nil || came == 0 {
		return r, readable(err)
	}
	if r, err = j.store.Run(ctx, id); err == nil {
		j.judge(r)
	}
	return r, err
}

// Has is nil where there is a run of an id, which may be in the trash.
func (j *Journal) Has(ctx context.Context, run string) error {
	if run == "" {
		return fault.Invalid("the id of the run is empty")
	}
	attempts, err := j.store.Attempts(ctx, run)
	if err == nil && len(attempts) == 0 {
		err = fmt.Errorf("journal %s: run %q: %w", j.at.Name, run, ErrNotFound)
	}
	return err
}
