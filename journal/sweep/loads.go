package sweep

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// A load is what a sweep has left to do.
type load struct {
	sweep     string
	priority  int
	jobs      int // taken or waiting
	available int // waiting for a worker
}

// loads counts the jobs of each sweep that has some left. River has no statement for it that does not read them all.
func (q *Queue) loads(ctx context.Context) ([]load, error) {
	rows, err := q.store.DB.QueryContext(ctx, `SELECT queue, min(priority), count(*), sum(CASE WHEN state = 'available' THEN 1 ELSE 0 END) FROM river_job
		WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') GROUP BY queue`)
	if err != nil {
		return nil, fmt.Errorf("count the jobs of sweeps: %w", err)
	}
	defer rows.Close()
	var all []load
	for rows.Next() {
		var l load
		if err := rows.Scan(&l.sweep, &l.priority, &l.jobs, &l.available); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// first reads a job of a sweep, nil where it has none.
func (q *Queue) first(ctx context.Context, sweep string) (*job, error) {
	found, err := q.plain.JobList(ctx, river.NewJobListParams().States(rivertype.JobStates()...).Queues(sweep).First(1))
	if err != nil || len(found.Jobs) == 0 {
		return nil, err
	}
	j := &job{}
	return j, json.Unmarshal(found.Jobs[0].EncodedArgs, j)
}
