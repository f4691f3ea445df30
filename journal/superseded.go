package journal

import (
	"context"
	"database/sql"
	"math"

	"flowbook/journal/record"
)

// horizons holds for each attempt, counted from 1, the last step that later attempts left standing.
type horizons []int64

// ofMetric is the last step of a metric that stands; the seconds of package system's all do.
func (h horizons) ofMetric(metric string, attempt int) int64 {
	if record.OfSystem(metric) {
		return math.MaxInt64
	}
	return h.of(attempt)
}

func (h horizons) of(attempt int) int64 {
	if attempt < 1 || attempt > len(h) {
		return math.MaxInt64
	}
	return h[attempt-1]
}

// newHorizons works them out from the steps the attempts began after.
func newHorizons(from []int64) horizons {
	h := make(horizons, len(from))
	last := int64(math.MaxInt64)
	for i := len(from) - 1; i >= 0; i-- {
		h[i] = last
		last = min(last, from[i])
	}
	return h
}

const fromSteps = "SELECT from_step FROM attempt WHERE run = ? ORDER BY number"

func (t transaction) horizons(ctx context.Context, run string) (horizons, error) {
	rows, err := t.query(ctx, fromSteps, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var from []int64
	for rows.Next() {
		var step int64
		if err := rows.Scan(&step); err != nil {
			return nil, err
		}
		from = append(from, step)
	}
	return newHorizons(from), rows.Err()
}

func (j *Journal) horizons(ctx context.Context, run string) (horizons, error) {
	var from []int64
	err := j.rows(ctx, fromSteps, []any{run}, func(rows *sql.Rows) error {
		var step int64
		err := rows.Scan(&step)
		from = append(from, step)
		return err
	})
	return newHorizons(from), err
}
