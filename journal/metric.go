package journal

import (
	"context"

	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/store"
)

// Metric says in which direction a metric of the run improves, so that its best value is known. Of a metric of which nothing is
// said, the name tells ([DefaultBetter]). It may be called before the metric is logged, and again.
func (r *Run) Metric(name string, better Better) error {
	ctx := context.WithoutCancel(r.ctx)
	return r.j.store.Change(ctx, r.ID, store.Change{Better: map[string]Better{name: better}})
}

// Rename gives a run a name, or another one; "" takes it away.
func (j *Journal) Rename(ctx context.Context, run, name string) error {
	if name != "" {
		if err := plain.CheckName("run", name); err != nil {
			return err
		}
	}
	name = secret.Prose(name)
	return j.store.Change(ctx, run, store.Change{Name: &name})
}
