package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"flowbook/journal/record"
	"flowbook/journal/store"
)

// A found takes a problem; mend is nil where there is no mending.
type found = func(run, what string, mend func() error) error

// Check is [store.Upkeep.Check].
func (s *Store) Check(ctx context.Context, found func(run, what string, mend func() error) error) (points int, err error) {
	if s.at.Path != "" { // a server does that by itself
		if err := s.checkFile(ctx, found); err != nil {
			return 0, err
		}
	}
	return s.checkSeries(ctx, found)
}

// checkFile asks SQLite to check its file and foreign keys.
func (s *Store) checkFile(ctx context.Context, found found) error {
	err := s.rows(ctx, "PRAGMA integrity_check", nil, func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil || line == "ok" {
			return err
		}
		return found("", "database: "+line, nil)
	})
	if err != nil {
		return err
	}
	return s.rows(ctx, "PRAGMA foreign_key_check", nil, func(rows *sql.Rows) error {
		var table, parent string
		var row sql.NullInt64
		var key int
		if err := rows.Scan(&table, &row, &parent, &key); err != nil {
			return err
		}
		return found("", fmt.Sprintf("line %d of table %s names a %s that is not there", row.Int64, table, parent), nil)
	})
}

// checkSeries reads all points: chunks must follow each other, be whole, and fit the summaries.
func (s *Store) checkSeries(ctx context.Context, found found) (points int, err error) {
	c := checker{summaries: map[series]*record.Summary{}, next: map[logged]int64{}, damaged: map[string]bool{}, found: found}
	attempts := map[string][]record.Attempt{}
	err = s.rows(ctx, "SELECT run, number, from_step FROM attempt ORDER BY run, number", nil, func(rows *sql.Rows) error {
		var run string
		var a record.Attempt
		var from int64
		err := rows.Scan(&run, &a.Number, &from)
		a.FromStep = stepOf(from)
		attempts[run] = append(attempts[run], a)
		return err
	})
	if err != nil {
		return 0, err
	}
	err = s.rows(ctx, "SELECT run, metric, attempt, start, count, points FROM chunk ORDER BY run, metric, attempt, start", nil, func(rows *sql.Rows) error {
		var run string
		var k store.Chunk
		var packed sql.RawBytes
		if err := rows.Scan(&run, &k.Metric, &k.Attempt, &k.Start, &k.Count, &packed); err != nil {
			return err
		}
		k.Packed = packed
		return c.chunk(run, k, record.StandingOf(attempts[run]).Last(k.Metric, k.Attempt))
	})
	if err != nil {
		return c.points, err
	}
	stored, line := map[series]record.Summary{}, newSummaryScanner()
	err = s.rows(ctx, "SELECT run, metric, "+summaryColumns+" FROM series", nil, func(rows *sql.Rows) error {
		run, metric, sum, err := line.scan(rows)
		stored[series{run, metric}] = sum
		return err
	})
	if err != nil {
		return c.points, err
	}
	return c.points, c.compare(stored, func(run string) error {
		return s.update(ctx, func(t transaction) error { return t.resummarize(ctx, run) })
	})
}

type series struct{ run, metric string }

type logged struct {
	series
	attempt int
}

// A checker walks the chunks of a journal.
type checker struct {
	points    int
	summaries map[series]*record.Summary // of the points that stand
	next      map[logged]int64           // where the next chunk must start
	damaged   map[string]bool            // runs of which points are missing
	found     found
}

func (c *checker) chunk(run string, k store.Chunk, standing int64) error {
	of := series{run, k.Metric}
	if c.summaries[of] == nil {
		c.summaries[of] = &record.Summary{}
	}
	at := logged{of, k.Attempt}
	want := c.next[at]
	c.next[at] = k.Start + int64(k.Count)
	if k.Start != want {
		c.damaged[run] = true
		if err := c.found(run, fmt.Sprintf("metric %q: points %d to %d of attempt %d are missing", k.Metric, want, k.Start-1, k.Attempt), nil); err != nil {
			return err
		}
	}
	err := k.Each(func(p record.Point) {
		c.points++
		if p.Step <= standing {
			c.summaries[of].Add(p)
		}
	})
	if err != nil {
		c.damaged[run] = true
		return c.found(run, fmt.Sprintf("metric %q: points %d to %d of attempt %d: %v", k.Metric, k.Start, c.next[at]-1, k.Attempt, err), nil)
	}
	return nil
}

// compare holds the summaries that are stored against those of the points.
func (c *checker) compare(stored map[series]record.Summary, mend func(run string) error) error {
	wrong := map[string]string{}
	for k, sum := range c.summaries {
		if !sameSummary(*sum, stored[k]) {
			wrong[k.run] = fmt.Sprintf("metric %q: the summary says %d points, last %v; the series has %d, last %v", k.metric, stored[k].Count, stored[k].Last, sum.Count, sum.Last)
		}
		delete(stored, k)
	}
	for k, sum := range stored {
		c.damaged[k.run] = true
		if err := c.found(k.run, fmt.Sprintf("metric %q: all its %d points are missing", k.metric, sum.Count), nil); err != nil {
			return err
		}
	}
	for run, what := range wrong {
		var repair func() error
		if !c.damaged[run] {
			repair = func() error { return mend(run) }
		}
		if err := c.found(run, what, repair); err != nil {
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
