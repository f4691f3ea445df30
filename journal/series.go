package journal

import (
	"context"
	"fmt"
	"sort"

	"flowbook/journal/record"
	"flowbook/journal/store"
)

// Series reads one metric of a run, without the points that a resumed attempt superseded. A metric the run does not
// have is an error that wraps ErrNotFound and names those it has.
func (j *Journal) Series(ctx context.Context, run, metric string) (Series, error) {
	all, err := j.SeriesOf(ctx, run, metric)
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
	return j.SeriesOf(ctx, run)
}

// SeriesOf reads the named metrics of a run, all when none is named, in the order of their names, without the points that a resumed attempt
// superseded; [Journal.Logged] gives those too.
func (j *Journal) SeriesOf(ctx context.Context, run string, metrics ...string) ([]Series, error) {
	var all []Series
	err := j.EachSeries(ctx, run, func(s Series) error {
		all = append(all, s)
		return nil
	}, metrics...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// EachSeries hands what [Journal.SeriesOf] reads to visit, one metric after the other, so that a long run does not fill the memory.
func (j *Journal) EachSeries(ctx context.Context, run string, visit func(Series) error, metrics ...string) error {
	return j.eachSeries(ctx, run, func(*Series) {}, visit, metrics...)
}

// eachSeries calls grown after each piece of a metric that is read, before the next.
func (j *Journal) eachSeries(ctx context.Context, run string, grown func(*Series), visit func(Series) error, metrics ...string) error {
	attempts, err := j.store.Attempts(ctx, run)
	if err != nil {
		return err
	}
	if len(attempts) == 0 {
		return j.Has(ctx, run)
	}
	standing := record.StandingOf(attempts)
	var s Series
	done := func() error {
		if s.Len() == 0 {
			return nil
		}
		if !sort.IsSorted(s) {
			sort.Stable(s)
		}
		return visit(s)
	}
	err = j.store.Points(ctx, run, metrics, func(c store.Chunk) error {
		if s.Metric != c.Metric {
			if err := done(); err != nil {
				return err
			}
			next := Series{Metric: c.Metric}
			next.Grow(s.Len()) // most metrics of a run have as many points
			s = next
		}
		last := standing.Last(c.Metric, c.Attempt)
		err := c.Each(func(p record.Point) {
			if p.Step <= last {
				s.Add(p)
			}
		})
		grown(&s)
		return err
	})
	if err != nil {
		return err
	}
	return done()
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
	if err := j.Has(ctx, run); err != nil {
		return err
	}
	return j.store.Points(ctx, run, nil, func(c store.Chunk) error {
		part := Series{Metric: c.Metric, Attempt: c.Attempt}
		if err := c.Each(part.Add); err != nil {
			return err
		}
		return visit(part)
	})
}

func (j *Journal) noMetric(ctx context.Context, run, metric string) error {
	r, err := j.store.Run(ctx, run)
	if err != nil {
		return err
	}
	return fmt.Errorf("journal: run %s has no metric %q: %w; it has %q", run, metric, ErrNotFound, r.MetricNames())
}
