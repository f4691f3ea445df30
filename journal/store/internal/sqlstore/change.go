package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"flowbook/journal/fault"
	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// Change is [store.Runs.Change].
func (s *Store) Change(ctx context.Context, run string, c store.Change) error {
	return s.update(ctx, func(t transaction) error {
		var here int
		if err := t.row(ctx, "SELECT count(*) FROM run WHERE id = ?", run).Scan(&here); err != nil {
			return err
		}
		if here == 0 {
			return s.notFound(store.RunKind, run)
		}
		return t.change(ctx, run, c)
	})
}

func (t transaction) change(ctx context.Context, run string, c store.Change) error {
	if c.Name != nil {
		if _, err := t.exec(ctx, "UPDATE run SET name = ? WHERE id = ?", *c.Name, run); err != nil {
			return err
		}
	}
	if c.Backend != nil {
		if _, err := t.exec(ctx, "UPDATE run SET backend = ?, device = ? WHERE id = ?", plain.Clean(c.Backend.Name), plain.Clean(c.Backend.Device), run); err != nil {
			return err
		}
	}
	if err := t.addTags(ctx, store.RunKind, run, c.Tags); err != nil {
		return err
	}
	for _, tag := range c.Untag {
		n, err := t.exec(ctx, "DELETE FROM run_tag WHERE run = ? AND tag = ?", run, tag)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("journal: run %s has no tag %q: %w", run, tag, fault.ErrNotFound)
		}
	}
	for name, digest := range c.Data {
		if err := t.addData(ctx, run, name, digest); err != nil {
			return err
		}
	}
	for name, better := range c.Better {
		if err := t.putBetter(ctx, run, name, better); err != nil {
			return err
		}
	}
	for _, n := range c.Notes {
		if err := t.addNote(ctx, run, n); err != nil {
			return err
		}
	}
	for _, a := range c.Artifacts {
		if a.Attempt == 0 {
			if err := t.row(ctx, "SELECT max(number) FROM attempt WHERE run = ?", run).Scan(&a.Attempt); err != nil {
				return err
			}
		}
		if err := t.putArtifact(ctx, run, a); err != nil {
			return err
		}
	}
	if c.Code != nil {
		if err := t.putCode(ctx, run, *c.Code); err != nil {
			return err
		}
	}
	if c.Checkpoints != nil {
		if err := t.keepCheckpoints(ctx, run, *c.Checkpoints); err != nil {
			return err
		}
	}
	if c.End != nil {
		return t.end(ctx, run, *c.End)
	}
	return nil
}

// end ends a run that no later attempt works on.
func (t transaction) end(ctx context.Context, run string, e store.End) error {
	n, err := t.exec(ctx, "UPDATE run SET status = ?, error = ?, ended = ? WHERE id = ? AND ? = (SELECT max(number) FROM attempt WHERE run = ?)",
		string(e.Status), plain.Clean(e.Error), micros(e.At), run, e.Attempt, run)
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: another process has resumed it", fault.ErrRunning)
	}
	return err
}

func (t transaction) keepCheckpoints(ctx context.Context, run string, c store.Checkpoints) error {
	_, err := t.exec(ctx, `DELETE FROM artifact WHERE run = ? AND kind = 'checkpoint' AND attempt <= ? AND (attempt, step) NOT IN (
		SELECT attempt, step FROM artifact WHERE run = ? AND kind = 'checkpoint' AND attempt <= ? ORDER BY attempt DESC, at DESC, step DESC LIMIT ?)`,
		run, c.Attempt, run, c.Attempt, c.Keep)
	return err
}

// putCode writes the code of an attempt: that of the first is the run's.
func (t transaction) putCode(ctx context.Context, run string, c store.Code) error {
	text, err := json.Marshal(c.Of)
	if err != nil {
		return err
	}
	id, err := t.insertCode(ctx, text)
	if err != nil {
		return err
	}
	query, args := "UPDATE run SET code_id = ? WHERE id = ?", []any{id, run}
	if c.Attempt > 1 {
		query, args = "UPDATE attempt SET code_id = ? WHERE run = ? AND number = ?", append(args, c.Attempt)
	}
	if _, err := t.exec(ctx, query, args...); err != nil {
		return err
	}
	for _, a := range c.Sources {
		if err := t.putArtifact(ctx, run, a); err != nil {
			return err
		}
	}
	return nil
}

func (t transaction) putArtifact(ctx context.Context, run string, a record.Artifact) error {
	var digest string
	err := t.row(ctx, "SELECT digest FROM artifact WHERE run = ? AND kind = ? AND name = ? AND step = ? AND attempt = ?",
		run, a.Kind, a.Name, a.Step, a.Attempt).Scan(&digest)
	switch {
	case err == nil && digest == a.Digest:
		return nil
	case err == nil:
		at := ""
		if a.Step != record.NoStep {
			at = fmt.Sprintf(" at step %d", a.Step)
		}
		return fmt.Errorf("journal: run %s: %s %q%s: %w with other bytes (sha256 %.12s…, now %.12s…); give it another name", run, a.Kind, a.Name, at, fault.ErrDuplicate, digest, a.Digest)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	when := now()
	if !a.Time.IsZero() {
		when = micros(a.Time)
	}
	_, err = t.exec(ctx, "INSERT INTO artifact (run, kind, name, step, attempt, digest, size, mime, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		run, a.Kind, a.Name, a.Step, a.Attempt, a.Digest, a.Size, plain.Clean(a.MIME), when)
	return err
}
