package journal

import (
	"context"
	"fmt"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
)

// Note adds a dated note to a run: Markdown with maths, as in an [Entry].
func (j *Journal) Note(ctx context.Context, run, text string) error {
	if text == "" {
		return fault.Invalid("the note is empty")
	}
	if err := plain.Check("note", text); err != nil {
		return err
	}
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return err
	}
	note := ids.New()
	return j.update(ctx, func(t transaction) error {
		_, err := t.exec(ctx, "INSERT INTO run_note (run, id, at, text) VALUES (?, ?, ?, ?)", id, note, now(), secret.Prose(text))
		return err
	})
}

// Tag adds tags to a run; tags it has already stay.
func (j *Journal) Tag(ctx context.Context, run string, tags ...string) error {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return err
	}
	return j.update(ctx, func(t transaction) error { return t.addTags(ctx, "run", id, tags) })
}

// Untag takes tags off a run. A tag it does not have is an error that wraps ErrNotFound, and then none is taken off.
func (j *Journal) Untag(ctx context.Context, run string, tags ...string) error {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return err
	}
	return j.update(ctx, func(t transaction) error {
		for _, tag := range tags {
			n, err := t.exec(ctx, "DELETE FROM run_tag WHERE run = ? AND tag = ?", id, tag)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("journal: run %s has no tag %q: %w", id, tag, ErrNotFound)
			}
		}
		return nil
	})
}
