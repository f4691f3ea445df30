package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"flowbook/journal/record"
	"flowbook/journal/store"
)

// attach adds code, tags, data sets and summaries to runs; args restrict them to one run when where is "run = ?". It reads the summaries
// where sums is nil.
func (s *Store) attach(ctx context.Context, runs []*record.Run, sums summaries, where string, args ...any) error {
	byID := make(map[string]*record.Run, len(runs))
	for _, r := range runs {
		byID[r.ID] = r
	}
	if err := s.readCodes(ctx, runs); err != nil {
		return err
	}
	var id, key, value string
	err := s.rows(ctx, "SELECT run, tag FROM run_tag WHERE "+where+" ORDER BY tag", args, func(rows *sql.Rows) error {
		err := rows.Scan(&id, &key)
		if r := byID[id]; r != nil {
			r.Tags = append(r.Tags, key)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = s.rows(ctx, "SELECT run, name, digest FROM run_data WHERE "+where, args, func(rows *sql.Rows) error {
		err := rows.Scan(&id, &key, &value)
		if r := byID[id]; r != nil {
			if r.Data == nil {
				r.Data = map[string]string{}
			}
			r.Data[key] = value
		}
		return err
	})
	if err != nil {
		return err
	}
	err = s.rows(ctx, "SELECT run, name, better FROM metric WHERE "+where, args, func(rows *sql.Rows) error {
		err := rows.Scan(&id, &key, &value)
		if r := byID[id]; r != nil {
			if r.Better == nil {
				r.Better = map[string]record.Better{}
			}
			r.Better[key] = record.Better(value)
		}
		return err
	})
	if err != nil {
		return err
	}
	if sums == nil {
		if sums, err = s.summaries(ctx, where, args...); err != nil {
			return err
		}
	}
	for _, r := range runs {
		r.Metrics = sums[r.ID]
		for metric, better := range r.Better {
			if sum, ok := r.Metrics[metric]; ok {
				sum.Better = better
				r.Metrics[metric] = sum
			}
		}
	}
	return s.renew(ctx, runs)
}

// Run is [store.Runs.Run].
func (s *Store) Run(ctx context.Context, id string) (r *record.Run, err error) {
	line := newRunScanner()
	err = s.rows(ctx, runsSelect+" WHERE r.id = ?", []any{id}, func(rows *sql.Rows) (err error) {
		r, err = line.scan(rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, s.notFound(store.RunKind, id)
	}
	if err := s.attach(ctx, []*record.Run{r}, nil, "run = ?", r.ID); err != nil {
		return nil, err
	}
	if r.Attempts, err = s.Attempts(ctx, id); err != nil {
		return nil, err
	}
	return r, errors.Join(s.readNotes(ctx, r), s.readArtifacts(ctx, r), s.readLinks(ctx, r))
}

func (s *Store) readNotes(ctx context.Context, r *record.Run) error {
	return s.rows(ctx, "SELECT id, at, text FROM run_note WHERE run = ? ORDER BY at, id", []any{r.ID}, func(rows *sql.Rows) error {
		var n record.Note
		var at sql.NullInt64
		err := rows.Scan(&n.ID, &at, &n.Text)
		n.Time = fromMicros(at)
		r.Notes = append(r.Notes, n)
		return err
	})
}

func (s *Store) readArtifacts(ctx context.Context, r *record.Run) error {
	var all []record.Artifact
	err := s.rows(ctx, "SELECT kind, name, step, attempt, digest, size, mime, at FROM artifact WHERE run = ? ORDER BY attempt", []any{r.ID}, func(rows *sql.Rows) error {
		var a record.Artifact
		var at sql.NullInt64
		err := rows.Scan(&a.Kind, &a.Name, &a.Step, &a.Attempt, &a.Digest, &a.Size, &a.MIME, &at)
		a.Time = fromMicros(at)
		all = append(all, a)
		return err
	})
	r.SetFiles(all)
	return err
}

func (s *Store) readLinks(ctx context.Context, r *record.Run) error {
	list := func(query string, to *[]string) error {
		return s.rows(ctx, query, []any{r.ID}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			*to = append(*to, id)
			return err
		})
	}
	return errors.Join(list("SELECT id FROM run WHERE parent = ? AND deleted IS NULL ORDER BY started", &r.Children),
		list("SELECT e.id FROM entry e JOIN entry_run l ON l.entry = e.id WHERE l.run = ? AND e.deleted IS NULL ORDER BY e.dated DESC", &r.Entries))
}
