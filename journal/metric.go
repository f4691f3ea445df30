package journal

import (
	"context"
	"fmt"

	"flowbook/journal/fault"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
)

// Metric says in which direction a metric of the run improves, so that its best value is known. Of a metric of which nothing is
// said, the name tells ([DefaultBetter]). It may be called before the metric is logged, and again.
func (r *Run) Metric(name string, better Better) error {
	ctx := context.WithoutCancel(r.ctx)
	return r.j.update(ctx, func(t transaction) error { return t.putBetter(ctx, r.ID, name, better) })
}

func (t transaction) putBetter(ctx context.Context, run, metric string, better Better) error {
	if err := plain.CheckName("metric", metric); err != nil {
		return err
	}
	switch better {
	case Lower, Higher, None:
	default:
		return fault.Invalid("metric %q: %q is no direction; say Lower, Higher or None", metric, string(better))
	}
	_, err := t.exec(ctx, "INSERT INTO metric (run, name, better) VALUES (?, ?, ?) ON CONFLICT (run, name) DO UPDATE SET better = excluded.better", run, metric, string(better))
	return err
}

// Rename gives a run a name, or another one; "" takes it away.
func (j *Journal) Rename(ctx context.Context, run, name string) error {
	if name != "" {
		if err := plain.CheckName("run", name); err != nil {
			return err
		}
	}
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return err
	}
	return j.update(ctx, func(t transaction) error {
		n, err := t.exec(ctx, "UPDATE run SET name = ? WHERE id = ?", secret.Prose(name), id)
		if err == nil && n == 0 {
			err = fmt.Errorf("journal: run %s: %w", id, ErrNotFound)
		}
		return err
	})
}
