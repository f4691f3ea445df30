package journal

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A Query chooses runs; the zero Query takes all that are not in the bin, newest first.
type Query struct {
	Where      string    // a filter, see [ParseFilter]
	Experiment string    // only this experiment
	Tags       []string  // all of these
	Status     Status    // only this status
	Since      time.Time // started then or later
	Until      time.Time // started before
	Sort       string    // a filter's field, as "metric.bpd"; "-" before it reverses; runs without it come last
	Limit      int       // at most so many; 0: no limit
	Bin        bool      // those in the bin instead
}

// Chooses tells whether the query leaves out runs that are not in the bin.
func (q Query) Chooses() bool {
	return q.Where != "" || q.Experiment != "" || len(q.Tags) > 0 || q.Status != "" || !q.Since.IsZero() || !q.Until.IsZero() || q.Limit > 0 || q.Bin
}

// Runs lists the runs a query chooses, with their tags, data sets and metric summaries; [Journal.Get] reads all of a run.
func (j *Journal) Runs(ctx context.Context, q Query) ([]*Record, error) {
	filter, err := ParseFilter(q.Where)
	if err != nil {
		return nil, err
	}
	order, err := parseSort(q.Sort)
	if err != nil {
		return nil, err
	}
	where, args := q.sql()
	query := runsSelect + " WHERE " + strings.Join(where, " AND ") + " ORDER BY r.started DESC, r.id"
	if q.Limit > 0 && q.plain() && q.Sort == "" {
		query += fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	var all []*Record
	err = j.rows(ctx, query, args, func(rows *sql.Rows) error {
		r, err := j.scanRun(rows)
		if err == nil && (q.Status == "" || q.Status == r.Status) {
			all = append(all, r)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := j.attachTo(ctx, all); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r *Record) bool { return !filter.Match(r) })
	if order != nil {
		order(all)
	}
	if q.Limit > 0 && len(all) > q.Limit {
		all = all[:q.Limit]
	}
	return all, nil
}

// plain tells whether the database alone can choose the runs.
func (q Query) plain() bool { return strings.TrimSpace(q.Where) == "" && q.Status == "" }

// sql is what the database can choose of a query: its conditions, and their arguments.
func (q Query) sql() (where []string, args []any) {
	where = []string{"r.deleted IS NULL"}
	if q.Bin {
		where[0] = "r.deleted IS NOT NULL"
	}
	if q.Experiment != "" {
		where, args = append(where, "r.experiment = ?"), append(args, q.Experiment)
	}
	for _, tag := range q.Tags {
		where, args = append(where, "r.id IN (SELECT run FROM run_tag WHERE tag = ?)"), append(args, tag)
	}
	if !q.Since.IsZero() {
		where, args = append(where, "r.started >= ?"), append(args, micros(q.Since))
	}
	if !q.Until.IsZero() {
		where, args = append(where, "r.started < ?"), append(args, micros(q.Until))
	}
	return where, args
}

// Count tells how many runs a query chooses, its limit aside.
func (j *Journal) Count(ctx context.Context, q Query) (int, error) {
	if !q.plain() {
		q.Limit, q.Sort = 0, ""
		runs, err := j.Runs(ctx, q)
		return len(runs), err
	}
	where, args := q.sql()
	n := 0
	err := j.row(ctx, "SELECT count(*) FROM run r WHERE "+strings.Join(where, " AND "), args...).Scan(&n)
	return n, j.explain(err)
}

// few is up to how many runs are asked for by their ids; of more, those that are not wanted are passed over.
const few = 500

// attachTo adds to runs what [Journal.attach] adds.
func (j *Journal) attachTo(ctx context.Context, runs []*Record) error {
	switch {
	case len(runs) == 0:
		return nil
	case len(runs) > few:
		return j.attach(ctx, runs, "1 = 1")
	}
	ids := make([]any, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	return j.attach(ctx, runs, "run IN ("+marks(len(runs))+")", ids...)
}

// parseSort reads a sort field; its error points at the field as a filter's does.
func parseSort(sort string) (func([]*Record), error) {
	if sort == "" {
		return nil, nil
	}
	name, down := strings.CutPrefix(sort, "-")
	field, err := parseField(name)
	if err != nil {
		return nil, filterError(sort, len(sort)-len(name), err.Error())
	}
	return func(all []*Record) {
		keys := map[*Record]any{}
		for _, r := range all {
			if v := field.values(&subject{Record: r}); len(v) > 0 {
				keys[r] = v[0]
			}
		}
		slices.SortStableFunc(all, func(a, b *Record) int {
			x, y := keys[a], keys[b]
			switch missX, missY := missing(x), missing(y); {
			case missX && missY:
				return 0
			case missX:
				return 1
			case missY:
				return -1
			}
			c := 0
			if compareOne(x, "<", y) {
				c = -1
			} else if compareOne(y, "<", x) {
				c = 1
			}
			if down {
				return -c
			}
			return c
		})
	}, nil
}

// missing tells whether a value has no place in an order: what went wrong is not first in any.
func missing(v any) bool {
	f, isFloat := v.(float64)
	return v == nil || isFloat && (math.IsNaN(f) || math.IsInf(f, 0))
}
