package journal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
)

// Write adds an entry, or replaces the one with e.ID, and returns it as recorded. A zero Date is now. A link run:ID in the body counts as one
// of its Runs where there is such a run. A text that is not UTF-8 or over 64 MiB is refused.
func (j *Journal) Write(ctx context.Context, e Entry) (Entry, error) {
	for what, text := range map[string]string{"title": e.Title, "entry": e.Body} {
		if err := plain.Check(what, text); err != nil {
			return e, err
		}
	}
	if strings.TrimSpace(e.Title+e.Body) == "" {
		return e, fault.Invalid("the entry is empty")
	}
	e.Title, e.Body = secret.Prose(e.Title), secret.Prose(e.Body)
	if e.ID == "" {
		e.ID = ids.New()
	} else if _, err := j.store.Entry(ctx, e.ID); err != nil {
		return e, err
	}
	runs, err := j.linked(ctx, e)
	if err != nil {
		return e, err
	}
	e.Runs = runs
	if e.Date.IsZero() {
		e.Date = time.Now()
	}
	e.Date, e.Updated = e.Date.UTC().Truncate(time.Microsecond), time.Now().UTC().Truncate(time.Microsecond)
	return e, j.store.PutEntry(ctx, e)
}

// linked returns the ids of the runs an entry names, each once.
func (j *Journal) linked(ctx context.Context, e Entry) (all []string, err error) {
	for _, run := range e.Runs {
		if err := j.Has(ctx, run); err != nil {
			return nil, err
		}
		all = append(all, run)
	}
	for _, m := range record.RunLink.FindAllStringSubmatch(e.Body, -1) {
		switch err := j.Has(ctx, m[1]); {
		case err == nil:
			all = append(all, m[1])
		case !errors.Is(err, ErrNotFound):
			return nil, err
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(id string) bool { was := seen[id]; seen[id] = true; return was }), nil
}

// Entries reads the entries that are not in the trash, newest first; with tags, those that bear all of them.
func (j *Journal) Entries(ctx context.Context, tags ...string) ([]Entry, error) {
	return j.store.Entries(ctx, tags...)
}

// Entry reads an entry by its id, from the trash too.
func (j *Journal) Entry(ctx context.Context, id string) (Entry, error) { return j.store.Entry(ctx, id) }
