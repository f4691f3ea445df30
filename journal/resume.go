package journal

import (
	"context"
	"errors"
	"fmt"

	"flowbook/journal/fault"
	"flowbook/journal/record"
)

// Resume goes on with a run that was interrupted or failed: the run it returns has the recorded config and hands out the last
// checkpoint whose bytes are there ([Run.Restore]). Nothing is deleted, but what earlier attempts logged after that checkpoint's
// step is superseded: series, summaries, figures and comparisons leave it out ([Journal.SeriesOf] can still give it). Without a
// checkpoint the run starts at the beginning and all earlier steps are superseded.
//
// A run that still runs is refused with ErrRunning, a finished one with ErrFinished.
func (j *Journal) Resume(ctx context.Context, id string, opts ...Option) (*Run, error) {
	b := &beginning{data: map[string]string{}}
	for _, o := range opts {
		o(b)
	}
	rec, err := j.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	switch rec.Status {
	case Running:
		return nil, fmt.Errorf("journal: run %s: %w: process %d on %s works on it", rec.ID, ErrRunning, rec.Machine.PID, rec.Machine.Host)
	case Finished:
		return nil, fmt.Errorf("journal: run %s: %w; begin a new run with it as parent", rec.ID, ErrFinished)
	}
	if rec.Deleted != nil {
		return nil, fault.Invalid("run %s is in the bin; restore it first", rec.ID)
	}
	r := &Run{ID: rec.ID, Experiment: rec.Experiment, Config: rec.Config, j: j, ctx: ctx, fromStep: fromStart, keep: b.keep, names: map[string]string{}}
	if r.resumed, err = j.lastCheckpoint(ctx, rec); err != nil {
		return nil, err
	}
	if r.resumed != nil {
		r.fromStep = int64(r.resumed.Step)
	}
	r.attempt = len(rec.Attempts) + 1
	code, later := soon(j.findCode(b))
	sources, err := j.putSources(ctx, r.attempt, code.files)
	if err != nil {
		return nil, err
	}
	var s *sink
	err = j.update(ctx, func(t transaction) error {
		var last int
		if err := t.row(ctx, "SELECT max(number) FROM attempt WHERE run = ?", r.ID).Scan(&last); err != nil {
			return err
		}
		if last != len(rec.Attempts) {
			return fmt.Errorf("journal: run %s: %w: another process has just resumed it", r.ID, ErrRunning)
		}
		if err := j.insertAttempt(ctx, t, r.ID, r.attempt, r.fromStep); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE run SET status = ?, error = '', ended = NULL WHERE id = ?", string(Running), r.ID); err != nil {
			return err
		}
		if err := t.resummarize(ctx, r.ID); err != nil {
			return err
		}
		if err := t.putCode(ctx, r.ID, r.attempt, code.code, sources); err != nil {
			return err
		}
		s, _, err = loadSink(ctx, t, r.ID, r.attempt)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.awaitCode(later)
	return r, r.start(s, b)
}

// lastCheckpoint finds the newest checkpoint whose bytes are whole.
func (j *Journal) lastCheckpoint(ctx context.Context, rec *Record) (*Artifact, error) {
	for i := len(rec.Checkpoints) - 1; i >= 0; i-- {
		c := rec.Checkpoints[i]
		sum, err := j.checkBlob(ctx, c.Digest)
		if err == nil && sum {
			return &c, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return nil, nil
}

// resummarize works out the summaries of a run anew from its points that are not superseded.
func (t transaction) resummarize(ctx context.Context, run string) error {
	horizon, err := t.horizons(ctx, run)
	if err != nil {
		return err
	}
	rows, err := t.query(ctx, "SELECT metric, attempt, count, points FROM chunk WHERE run = ? ORDER BY metric, attempt, start", run)
	if err != nil {
		return err
	}
	defer rows.Close()
	all := map[string]record.Summary{}
	for rows.Next() {
		var metric string
		var attempt, count int
		var points []byte
		if err := rows.Scan(&metric, &attempt, &count, &points); err != nil {
			return err
		}
		sum := all[metric]
		err := decodePoints(points, count, func(p record.Point) {
			if p.Step <= horizon.ofMetric(metric, attempt) {
				sum.Add(p)
			}
		})
		if err != nil {
			return fmt.Errorf("run %s, metric %s: %w", run, metric, err)
		}
		all[metric] = sum
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	if _, err := t.exec(ctx, "DELETE FROM series WHERE run = ?", run); err != nil {
		return err
	}
	for metric, sum := range all {
		if sum.Count == 0 {
			continue
		}
		if err := t.putSummary(ctx, run, metric, sum); err != nil {
			return err
		}
	}
	return nil
}
