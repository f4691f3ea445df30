package journal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"flowbook/journal/query"
)

// Runs lists the runs a query chooses, with their tags, data sets and metric summaries; [Journal.Get] reads all of a run.
func (j *Journal) Runs(ctx context.Context, q Query) ([]*Record, error) {
	filter, err := query.ParseFilter(q.Where)
	if err != nil {
		return nil, err
	}
	order, err := query.Order(q.Sort)
	if err != nil {
		return nil, err
	}
	where, args := whereOf(q)
	query := runsSelect + " WHERE " + strings.Join(where, " AND ") + " ORDER BY r.started DESC, r.id"
	if q.Limit > 0 && q.Plain() && q.Sort == "" {
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

// whereOf is what the database can choose of a query: its conditions, and their arguments.
func whereOf(q Query) (where []string, args []any) {
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
	if !q.Plain() {
		q.Limit, q.Sort = 0, ""
		runs, err := j.Runs(ctx, q)
		return len(runs), err
	}
	where, args := whereOf(q)
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
