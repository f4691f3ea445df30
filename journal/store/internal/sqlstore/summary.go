package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// renew finds the extremes of summaries that are outdated.
func (s *Store) renew(ctx context.Context, runs []*record.Run) error {
	for _, r := range runs {
		for metric, old := range r.Metrics {
			if !old.Outdated() {
				continue
			}
			var fresh record.Summary
			standing, err := s.standing(ctx, r.ID)
			if err != nil {
				return err
			}
			err = s.Points(ctx, r.ID, []string{metric}, func(c store.Chunk) error {
				last := standing.Last(c.Metric, c.Attempt)
				return c.Each(func(p record.Point) {
					if p.Step <= last {
						fresh.Add(p)
					}
				})
			})
			if err != nil {
				return err
			}
			if fresh.Count > 0 {
				old.Min, old.MinStep, old.Max, old.MaxStep = fresh.Min, fresh.MinStep, fresh.Max, fresh.MaxStep
			}
			r.Metrics[metric] = old
		}
	}
	return nil
}

// number is a value as the summary table holds it: NULL for NaN.
func number(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

const summaryColumns = "count, not_finite, first_step, last_step, last, min, min_step, max, max_step"

// scanSummary reads the run, the metric and summaryColumns. It takes the values as the driver has them: a journal has many of these rows,
// and converting each by reflection takes longer than all else.
func scanSummary(rows *sql.Rows) (run, metric string, s record.Summary, err error) {
	var cells [11]any
	to := [11]any{}
	for i := range cells {
		to[i] = &cells[i]
	}
	if err := rows.Scan(to[:]...); err != nil {
		return "", "", s, err
	}
	var bad error
	number := func(i int) int {
		n, ok := cells[i].(int64)
		if !ok {
			bad = fmt.Errorf("%w: column %d of a summary is %v", fault.ErrCorrupt, i, cells[i])
		}
		return int(n)
	}
	value := func(i int) float64 {
		switch v := cells[i].(type) {
		case float64:
			return v
		case int64: // as SQLite keeps a whole number
			return float64(v)
		case nil:
			return math.NaN()
		}
		bad = fmt.Errorf("%w: column %d of a summary is %v", fault.ErrCorrupt, i, cells[i])
		return 0
	}
	name := func(i int) string {
		switch v := cells[i].(type) {
		case string:
			return v
		case []byte:
			return string(v)
		}
		bad = fmt.Errorf("%w: column %d of a summary is %v", fault.ErrCorrupt, i, cells[i])
		return ""
	}
	s = record.Summary{Count: number(2), NotFinite: number(3), First: number(4), LastStep: number(5), Last: value(6), Min: value(7), MinStep: number(8), Max: value(9), MaxStep: number(10)}
	return name(0), name(1), s, bad
}

func (t transaction) putSummary(ctx context.Context, run, metric string, s record.Summary) error {
	_, err := t.exec(ctx, `INSERT INTO series (run, metric, `+summaryColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run, metric) DO UPDATE SET count = excluded.count, not_finite = excluded.not_finite, first_step = excluded.first_step,
			last_step = excluded.last_step, last = excluded.last, min = excluded.min, min_step = excluded.min_step,
			max = excluded.max, max_step = excluded.max_step`,
		run, metric, s.Count, s.NotFinite, s.First, s.LastStep, number(s.Last), number(s.Min), s.MinStep, number(s.Max), s.MaxStep)
	return err
}

// summaries reads the summaries of a run within a transaction.
func (t transaction) summaries(ctx context.Context, run string) (map[string]record.Summary, error) {
	rows, err := t.query(ctx, "SELECT run, metric, "+summaryColumns+" FROM series WHERE run = ?", run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]record.Summary{}
	for rows.Next() {
		_, metric, s, err := scanSummary(rows)
		if err != nil {
			return nil, err
		}
		all[metric] = s
	}
	return all, rows.Err()
}
