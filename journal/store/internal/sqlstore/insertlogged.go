package sqlstore

import (
	"context"

	"flowbook/journal/record"
	"flowbook/journal/spool"
	"flowbook/journal/store"
)

// InsertLogged is [store.Runs.InsertLogged].
func (s *Store) InsertLogged(ctx context.Context, r *record.Run, logged func(store.Logs) error) error {
	return s.update(ctx, func(t transaction) error {
		if err := s.insertNew(ctx, t, r); err != nil {
			return err
		}
		return s.insertLogs(ctx, t, r, logged)
	})
}

// insertLogs lets logged hand over what the attempts of a new run logged.
func (s *Store) insertLogs(ctx context.Context, t transaction, r *record.Run, logged func(store.Logs) error) error {
	logs := make([]store.Log, len(r.Attempts))
	for i, a := range r.Attempts {
		logs[i] = insertedLog{t, &log{s: s, run: r.ID, attempt: a.Number, summaries: map[string]record.Summary{}, tails: map[string]tail{}}}
	}
	if err := logged(func(attempt int) store.Log { return logs[attempt-1] }); err != nil {
		return err
	}
	for _, a := range r.Attempts {
		if _, err := t.exec(ctx, "UPDATE attempt SET heartbeat = ? WHERE run = ? AND number = ?", micros(a.Heartbeat), r.ID, a.Number); err != nil {
			return err
		}
	}
	if len(r.Attempts) > 1 { // what a later one superseded does not count
		return t.resummarize(ctx, r.ID)
	}
	return nil
}

// An insertedLog is a log within the transaction that writes its run.
type insertedLog struct {
	t transaction
	l *log
}

func (i insertedLog) Append(ctx context.Context, records []spool.Record) error {
	_, p, err := i.l.append(ctx, i.t, records)
	if err == nil {
		i.l.done(p)
	}
	return err
}

func (i insertedLog) Beat(context.Context) error { return nil }
