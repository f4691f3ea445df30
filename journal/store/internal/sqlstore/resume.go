package sqlstore

import (
	"context"
	"fmt"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// Resume is [store.Runs.Resume].
func (s *Store) Resume(ctx context.Context, run string, a record.Attempt) error {
	return s.update(ctx, func(t transaction) error {
		var last int
		if err := t.row(ctx, "SELECT max(number) FROM attempt WHERE run = ?", run).Scan(&last); err != nil {
			return err
		}
		if last != a.Number-1 {
			return fmt.Errorf("journal: run %s: %w: another process has just resumed it", run, fault.ErrRunning)
		}
		if err := t.insertAttempt(ctx, run, a); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE run SET status = ?, error = '', ended = NULL WHERE id = ?", string(record.Running), run); err != nil {
			return err
		}
		return t.resummarize(ctx, run)
	})
}

// resummarize works out the summaries of a run anew from its points that are not superseded.
func (t transaction) resummarize(ctx context.Context, run string) error {
	attempts, err := t.attempts(ctx, run)
	if err != nil {
		return err
	}
	standing := record.StandingOf(attempts)
	all := map[string]record.Summary{}
	err = eachChunk(ctx, t.query, run, nil, func(c store.Chunk) error {
		sum, last := all[c.Metric], standing.Last(c.Metric, c.Attempt)
		err := c.Each(func(p record.Point) {
			if p.Step <= last {
				sum.Add(p)
			}
		})
		all[c.Metric] = sum
		return err
	})
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM series WHERE run = ?", run); err != nil {
		return err
	}
	for metric, sum := range all {
		if sum.Count == 0 {
			continue
		}
		if err := t.putSummary(ctx, run, metric, sum); err != nil {
			return err
		}
	}
	return nil
}
