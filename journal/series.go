package journal

import (
	"context"
	"database/sql"
	"fmt"
	"sort"

	"flowbook/journal/record"
)

// Series reads one metric of a run, without the points that a resumed attempt superseded. A metric the run does not
// have is an error that wraps ErrNotFound and names those it has.
func (j *Journal) Series(ctx context.Context, run, metric string) (Series, error) {
	all, err := j.SeriesOf(ctx, run, false, metric)
	if err != nil {
		return Series{}, err
	}
	if len(all) == 0 {
		return Series{}, j.noMetric(ctx, run, metric)
	}
	return all[0], nil
}

// AllSeries reads all metrics of a run, in the order of their names.
func (j *Journal) AllSeries(ctx context.Context, run string) ([]Series, error) {
	return j.SeriesOf(ctx, run, false)
}

// SeriesOf reads the named metrics of a run, all when none is named, in the order of their names; superseded says whether
// points that a later attempt superseded are given too.
func (j *Journal) SeriesOf(ctx context.Context, run string, superseded bool, metrics ...string) ([]Series, error) {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return nil, err
	}
	horizon, err := j.horizons(ctx, id)
	if err != nil {
		return nil, err
	}
	query, args := "SELECT metric, attempt, count, points FROM chunk WHERE run = ?", []any{id}
	if len(metrics) > 0 {
		query += " AND metric IN (" + marks(len(metrics)) + ")"
		for _, m := range metrics {
			args = append(args, m)
		}
	}
	sizes := map[string]int{}
	if err := j.rows(ctx, "SELECT metric, sum(count) FROM chunk WHERE run = ? GROUP BY metric", []any{id}, func(rows *sql.Rows) error {
		var metric string
		var n int
		err := rows.Scan(&metric, &n)
		sizes[metric] = n
		return err
	}); err != nil {
		return nil, err
	}
	var all []Series
	err = j.rows(ctx, query+" ORDER BY metric, attempt, start", args, func(rows *sql.Rows) error {
		var metric string
		var attempt, count int
		var points sql.RawBytes
		if err := rows.Scan(&metric, &attempt, &count, &points); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].Metric != metric {
			all = append(all, Series{Metric: metric})
			all[len(all)-1].Grow(sizes[metric])
		}
		s := &all[len(all)-1]
		last := horizon.ofMetric(metric, attempt)
		err := decodePoints(points, count, func(p record.Point) {
			if superseded || p.Step <= last {
				s.Add(p)
			}
		})
		if err != nil {
			return fmt.Errorf("run %s, metric %s: %w", id, metric, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	kept := all[:0]
	for _, s := range all {
		if s.Len() == 0 {
			continue
		}
		if !sort.IsSorted(s) {
			sort.Stable(s)
		}
		kept = append(kept, s)
	}
	return kept, nil
}

// Logged reads all that was logged in a run, superseded or not: a series for each metric and attempt, its points in the order in which
// they were logged. [Journal.Import] takes them as they are.
func (j *Journal) Logged(ctx context.Context, run string) ([]Series, error) {
	var all []Series
	err := j.EachLogged(ctx, run, func(part Series) error {
		if n := len(all); n == 0 || all[n-1].Metric != part.Metric || all[n-1].Attempt != part.Attempt {
			all = append(all, part)
			return nil
		}
		s := &all[len(all)-1]
		s.Steps, s.Values, s.Times = append(s.Steps, part.Steps...), append(s.Values, part.Values...), append(s.Times, part.Times...)
		return nil
	})
	return all, err
}

// EachLogged hands what [Journal.Logged] reads to visit in parts of up to some thousand points, so that a long run does not fill the memory.
func (j *Journal) EachLogged(ctx context.Context, run string, visit func(part Series) error) error {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return err
	}
	return j.rows(ctx, "SELECT metric, attempt, count, points FROM chunk WHERE run = ? ORDER BY metric, attempt, start", []any{id}, func(rows *sql.Rows) error {
		var part Series
		var count int
		var points sql.RawBytes
		if err := rows.Scan(&part.Metric, &part.Attempt, &count, &points); err != nil {
			return err
		}
		if err := decodePoints(points, count, part.Add); err != nil {
			return fmt.Errorf("run %s, metric %s: %w", id, part.Metric, err)
		}
		return visit(part)
	})
}

func (j *Journal) noMetric(ctx context.Context, run, metric string) error {
	var names []string
	err := j.rows(ctx, "SELECT metric FROM series WHERE run IN (SELECT id FROM run WHERE substr(id, 1, ?) = ?) ORDER BY metric", []any{len(run), run}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil {
		return err
	}
	return fmt.Errorf("journal: run %s has no metric %q: %w; it has %q", run, metric, ErrNotFound, names)
}

// marks is n parameters, separated by commas.
func marks(n int) string {
	b := make([]byte, 0, 2*n)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '?')
	}
	return string(b)
}
