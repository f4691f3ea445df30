package sweep

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"flowbook/journal"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
	"flowbook/journal/sweep/internal/store"
)

// A Queue holds the runs that are to be, beside a journal. Its methods may be called from several goroutines.
type Queue struct {
	journal *journal.Journal

	mu    sync.Mutex // guards what follows
	store *store.Store
	plain store.Client // inserts, lists and cancels
}

// Open opens the queue of a journal. It is made with the first sweep. Close it before the journal.
func Open(ctx context.Context, j *journal.Journal) (*Queue, error) {
	q := &Queue{journal: j}
	if err := q.need(ctx, store.Never); err != nil && !errors.Is(err, store.ErrNone) {
		return nil, err
	}
	return q, nil
}

// need opens the store, which stays open.
func (q *Queue) need(ctx context.Context, create store.Create) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.store != nil {
		return nil
	}
	at, kind := q.journal.Database(), "postgres"
	if at.Path != "" {
		kind = "sqlite"
	}
	open := store.Find(kind)
	if open == nil {
		return fmt.Errorf("journal: sweeps of %s need the queue for PostgreSQL, which is not linked into this program; add import _ %q", at.Name, "flowbook/journal/sweep/postgres")
	}
	s, err := open(ctx, at, create)
	if err != nil {
		return err
	}
	client, err := s.NewClient(&river.Config{Logger: store.Logger}, nil)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	q.store, q.plain = s, client
	return nil
}

// Close closes the queue.
func (q *Queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.store == nil {
		return nil
	}
	err := q.store.Close()
	q.store = nil
	return err
}

// A job is one run that is to be, as the queue holds it.
type job struct {
	Run        string          `json:"run" river:"unique"`
	Experiment string          `json:"experiment"`
	Config     json.RawMessage `json:"config"`
	Sweep      record.Sweep    `json:"sweep"`
	Number     int             `json:"number"` // in the sweep, from 1
	Values     []string        `json:"values"` // of the sweep's parameters
	Retries    int             `json:"retries"`
	Tags       []string        `json:"tags,omitempty"`
}

// Kind names the kind of job for River.
func (job) Kind() string { return "run" }

// Add makes the jobs of a plan, all or none, and returns the sweep. Workers take them at once.
func (q *Queue) Add(ctx context.Context, p Plan) (*Status, error) {
	if err := q.journal.Writable(); err != nil {
		return nil, err
	}
	params, all, err := p.Combinations()
	if err != nil {
		return nil, err
	}
	if p.Retries < 0 {
		return nil, invalid("--retries %d: a run can be tried again 0 times or more", p.Retries)
	}
	if p.Priority == 0 {
		p.Priority = DefaultPriority
	}
	if p.Priority < First || p.Priority > Last {
		return nil, invalid("priority %d: it goes from %d, the first, to %d, the last", p.Priority, First, Last)
	}
	if err := q.need(ctx, store.IfMissing); err != nil {
		return nil, err
	}
	of := record.Sweep{ID: journal.NewID(), Params: params, Settings: p.Settings, Random: p.Random, Seed: p.Seed}
	tags := make([]string, len(p.Tags))
	for i, tag := range p.Tags {
		tags[i] = secret.Text(tag)
	}
	jobs := make([]river.InsertManyParams, len(all))
	for i, c := range all {
		jobs[i] = river.InsertManyParams{
			Args: job{journal.NewID(), p.Experiment, c.Config, of, i + 1, c.Values, p.Retries, tags},
			InsertOpts: &river.InsertOpts{Queue: of.ID, Priority: p.Priority, UniqueOpts: river.UniqueOpts{ByArgs: true},
				MaxAttempts: math.MaxInt16}, // a worker that dies takes an attempt too; Work counts the failures
		}
	}
	if _, err := q.plain.InsertMany(ctx, jobs); err != nil {
		return nil, fmt.Errorf("journal %s: the sweep's jobs: %w", q.journal.Name(), err)
	}
	made, err := q.read(ctx, of.ID, "sweep = "+of.ID)
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// Cancel cancels the runs of a sweep that are not finished: those that wait never begin, those that are under way stop and stay as
// interrupted. It returns how many of each.
func (q *Queue) Cancel(ctx context.Context, id string) (waited, stopping int, err error) {
	if err := q.journal.Writable(); err != nil {
		return 0, 0, err
	}
	if _, err := q.Sweep(ctx, id); err != nil {
		return 0, 0, err
	}
	rows, err := q.jobs(ctx, id, unfinished...)
	if err != nil {
		return 0, 0, err
	}
	// Those that wait go first, lest a worker whose run stops takes one of them; the last to be taken before the first.
	slices.Reverse(rows)
	slices.SortStableFunc(rows, func(a, b *rivertype.JobRow) int { return cmp.Compare(taken(a), taken(b)) })
	for _, row := range rows {
		now, err := q.plain.JobCancel(ctx, row.ID)
		switch {
		case err != nil && !errors.Is(err, rivertype.ErrNotFound):
			return waited, stopping, err
		case err == nil && now.State == rivertype.JobStateRunning:
			stopping++
		case err == nil:
			waited++
		}
	}
	return waited, stopping, nil
}

// taken is 1 for a job that a worker has, else 0.
func taken(row *rivertype.JobRow) int {
	if row.State == rivertype.JobStateRunning {
		return 1
	}
	return 0
}

// unfinished are the states of a job that somebody works on or will.
var unfinished = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled}

// jobs lists the jobs of a sweep, or of all when it is "", in the order in which they were made; no states mean all.
func (q *Queue) jobs(ctx context.Context, sweep string, states ...rivertype.JobState) ([]*rivertype.JobRow, error) {
	if q.plain == nil {
		return nil, nil
	}
	if len(states) == 0 {
		states = rivertype.JobStates()
	}
	params := river.NewJobListParams().States(states...).OrderBy(river.JobListOrderByID, river.SortOrderAsc).First(10_000)
	if sweep != "" {
		params = params.Queues(sweep)
	}
	var all []*rivertype.JobRow
	for {
		page, err := q.plain.JobList(ctx, params)
		if err != nil {
			return nil, fmt.Errorf("journal %s: the jobs of sweeps: %w", q.journal.Name(), err)
		}
		all = append(all, page.Jobs...)
		if len(page.Jobs) < 10_000 {
			return all, nil
		}
		params = params.After(page.LastCursor)
	}
}
