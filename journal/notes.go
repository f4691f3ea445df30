package journal

import (
	"context"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// Note adds a dated note to a run: Markdown with maths, as in an [Entry].
func (j *Journal) Note(ctx context.Context, run, text string) error {
	if text == "" {
		return fault.Invalid("the note is empty")
	}
	if err := plain.Check("note", text); err != nil {
		return err
	}
	return j.store.Change(ctx, run, store.Change{Notes: []record.Note{{Time: time.Now(), Text: secret.Prose(text)}}})
}

// Tag adds tags to a run; tags it has already stay.
func (j *Journal) Tag(ctx context.Context, run string, tags ...string) error {
	return j.store.Change(ctx, run, store.Change{Tags: tags})
}

// Untag takes tags off a run. A tag it does not have is an error that wraps ErrNotFound, and then none is taken off.
func (j *Journal) Untag(ctx context.Context, run string, tags ...string) error {
	return j.store.Change(ctx, run, store.Change{Untag: tags})
}
