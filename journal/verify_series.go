package journal

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"flowbook/journal/record"
)

// deadProcess is the error of a run whose process died.
const deadProcess = "the process ended without finishing the run"

// series reads all points: chunks must follow each other, decode, and fit the summaries.
func (v *verifier) series(ctx context.Context) error {
	type key struct{ run, metric string }
	type place struct {
		key
		attempt int
	}
	found := map[key]*record.Summary{}
	next := map[place]int64{}
	from := map[string][]int64{}
	damaged := map[string]bool{}
	err := v.j.rows(ctx, "SELECT run, from_step FROM attempt ORDER BY run, number", nil, func(rows *sql.Rows) error {
		var run string
		var step int64
		err := rows.Scan(&run, &step)
		from[run] = append(from[run], step)
		return err
	})
	if err != nil {
		return err
	}
	err = v.j.rows(ctx, "SELECT run, metric, attempt, start, count, points FROM chunk ORDER BY run, metric, attempt, start", nil, func(rows *sql.Rows) error {
		var p place
		var start int64
		var count int
		var points sql.RawBytes
		if err := rows.Scan(&p.run, &p.metric, &p.attempt, &start, &count, &points); err != nil {
			return err
		}
		if found[p.key] == nil {
			found[p.key] = &record.Summary{}
		}
		horizon := newHorizons(from[p.run]).ofMetric(p.metric, p.attempt)
		want := next[p]
		next[p] = start + int64(count)
		if start != want {
			damaged[p.run] = true
			if err := v.found(p.run, nil, "metric %q: points %d to %d of attempt %d are missing", p.metric, want, start-1, p.attempt); err != nil {
				return err
			}
		}
		err := decodePoints(points, count, func(pt record.Point) {
			v.report.Points++
			if pt.Step <= horizon {
				found[p.key].Add(pt)
			}
		})
		if err != nil {
			damaged[p.run] = true
			return v.found(p.run, nil, "metric %q: points %d to %d of attempt %d: %v", p.metric, start, next[p]-1, p.attempt, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	stored := map[key]record.Summary{}
	err = v.j.rows(ctx, "SELECT run, metric, "+summaryColumns+" FROM series", nil, func(rows *sql.Rows) error {
		run, metric, s, err := scanSummary(rows)
		stored[key{run, metric}] = s
		return err
	})
	if err != nil {
		return err
	}
	wrong := map[string]string{}
	for k, s := range found {
		if !sameSummary(*s, stored[k]) {
			wrong[k.run] = fmt.Sprintf("metric %q: the summary says %d points, last %v; the series has %d, last %v", k.metric, stored[k].Count, stored[k].Last, s.Count, s.Last)
		}
		delete(stored, k)
	}
	for k, s := range stored {
		damaged[k.run] = true
		if err := v.found(k.run, nil, "metric %q: all its %d points are missing", k.metric, s.Count); err != nil {
			return err
		}
	}
	for run, what := range wrong {
		var mend func() error
		if !damaged[run] {
			mend = func() error {
				return v.j.update(ctx, func(t transaction) error { return t.resummarize(ctx, run) })
			}
		}
		if err := v.found(run, mend, "%s", what); err != nil {
			return err
		}
	}
	return nil
}

// sameSummary tells whether the summary b that is stored is that of the points, a.
func sameSummary(a, b record.Summary) bool {
	if a.Count == 0 && b.Count == 0 {
		return true
	}
	same := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	if b.Outdated() { // an earlier version wrote it
		b.Min, b.Max = a.Min, a.Max
	}
	return a.Count == b.Count && a.NotFinite == b.NotFinite && a.First == b.First && a.LastStep == b.LastStep && same(a.Last, b.Last) && same(a.Min, b.Min) && same(a.Max, b.Max)
}
