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

// summaries are those of runs, by their ids and by metric.
type summaries map[string]map[string]record.Summary

// summaries reads those of the runs that where chooses.
func (s *Store) summaries(ctx context.Context, where string, args ...any) (summaries, error) {
	all := summaries{}
	line, many := newSummaryScanner(), 0 // many is how many metrics the run before has, and so this one is likely to have
	err := s.rows(ctx, "SELECT run, metric, "+summaryColumns+" FROM series WHERE "+where, args, func(rows *sql.Rows) error {
		run, metric, sum, err := line.scan(rows)
		of := all[run]
		if of == nil {
			of = make(map[string]record.Summary, many)
			all[run] = of
		}
		of[metric] = sum
		many = len(of)
		return err
	})
	return all, err
}

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

// A summaryScanner reads lines of the run, the metric and summaryColumns. It takes the values as the driver has them: a journal has many of
// these lines, and converting each by reflection takes longer than all else.
type summaryScanner struct {
	cells [11]any
	to    []any
	bad   error
}

func newSummaryScanner() *summaryScanner {
	s := &summaryScanner{}
	for i := range s.cells {
		s.to = append(s.to, &s.cells[i])
	}
	return s
}

func (s *summaryScanner) scan(rows *sql.Rows) (run, metric string, sum record.Summary, err error) {
	if err := rows.Scan(s.to...); err != nil {
		return "", "", sum, err
	}
	s.bad = nil
	sum = record.Summary{Count: s.number(2), NotFinite: s.number(3), First: s.number(4), LastStep: s.number(5), Last: s.value(6),
		Min: s.value(7), MinStep: s.number(8), Max: s.value(9), MaxStep: s.number(10)}
	return s.name(0), s.name(1), sum, s.bad
}

func (s *summaryScanner) number(i int) int {
	n, ok := s.cells[i].(int64)
	if !ok {
		s.wrong(i)
	}
	return int(n)
}

func (s *summaryScanner) value(i int) float64 {
	switch v := s.cells[i].(type) {
	case float64:
		return v
	case int64: // as SQLite keeps a whole number
		return float64(v)
	case nil:
		return math.NaN()
	}
	s.wrong(i)
	return 0
}

func (s *summaryScanner) name(i int) string {
	switch v := s.cells[i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	s.wrong(i)
	return ""
}

func (s *summaryScanner) wrong(i int) {
	s.bad = fmt.Errorf("%w: column %d of a summary is %v", fault.ErrCorrupt, i, s.cells[i])
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
	all, line := map[string]record.Summary{}, newSummaryScanner()
	for rows.Next() {
		_, metric, sum, err := line.scan(rows)
		if err != nil {
			return nil, err
		}
		all[metric] = sum
	}
	return all, rows.Err()
}
