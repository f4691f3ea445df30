package journal

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
)

// Write adds an entry, or replaces the one with e.ID, and returns it as recorded. A zero Date is now. Runs may be id prefixes; a
// link run:ID in the body also counts. A text that is not UTF-8 or over 64 MiB is refused.
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
	fresh := e.ID == ""
	if fresh {
		e.ID = ids.New()
	} else {
		id, err := j.ResolveEntry(ctx, e.ID)
		if err != nil {
			return e, err
		}
		e.ID = id
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
	return e, j.update(ctx, func(t transaction) error {
		if fresh {
			if _, err := t.exec(ctx, "INSERT INTO entry (id, title, body, dated, updated) VALUES (?, ?, ?, ?, ?)",
				e.ID, e.Title, e.Body, micros(e.Date), micros(e.Updated)); err != nil {
				return err
			}
		} else if _, err := t.exec(ctx, "UPDATE entry SET title = ?, body = ?, dated = ?, updated = ? WHERE id = ?",
			e.Title, e.Body, micros(e.Date), micros(e.Updated), e.ID); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM entry_tag WHERE entry = ?", e.ID); err != nil {
			return err
		}
		// Links to runs in the bin stay, for when they are restored.
		if _, err := t.exec(ctx, "DELETE FROM entry_run WHERE entry = ? AND run IN (SELECT id FROM run WHERE deleted IS NULL)", e.ID); err != nil {
			return err
		}
		for _, run := range e.Runs {
			if _, err := t.exec(ctx, "INSERT INTO entry_run (entry, run) VALUES (?, ?) ON CONFLICT DO NOTHING", e.ID, run); err != nil {
				return err
			}
		}
		return t.addTags(ctx, "entry", e.ID, e.Tags)
	})
}

// linked returns the full ids of the runs an entry names, each once.
func (j *Journal) linked(ctx context.Context, e Entry) ([]string, error) {
	var ids []string
	seen := map[string]bool{}
	add := func(prefix string, must bool) error {
		id, err := j.Resolve(ctx, prefix)
		if err != nil && must {
			return err
		}
		if err == nil && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
		return nil
	}
	for _, run := range e.Runs {
		if err := add(run, true); err != nil {
			return nil, err
		}
	}
	for _, m := range record.RunLink.FindAllStringSubmatch(e.Body, -1) {
		if m[1] == "last" {
			return nil, fault.Invalid("the text links to run:last, which will soon be another; write the run's id")
		}
		if err := add(m[1], false); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Entries reads the entries that are not in the bin, newest first; with tags, those that bear all of them.
func (j *Journal) Entries(ctx context.Context, tags ...string) ([]Entry, error) {
	where, args := "deleted IS NULL", []any{}
	for _, tag := range tags {
		where += " AND id IN (SELECT entry FROM entry_tag WHERE tag = ?)"
		args = append(args, tag)
	}
	return j.readEntries(ctx, where, args...)
}

// Entry reads an entry by its id or a prefix of it.
func (j *Journal) Entry(ctx context.Context, id string) (Entry, error) {
	full, err := j.ResolveEntry(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	all, err := j.readEntries(ctx, "id = ?", full)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("journal %s: entry %q: %w", j.at.Name, id, ErrNotFound)
	}
	if err != nil {
		return Entry{}, err
	}
	return all[0], nil
}

func (j *Journal) readEntries(ctx context.Context, where string, args ...any) ([]Entry, error) {
	var all []Entry
	at := map[string]int{}
	err := j.rows(ctx, "SELECT id, title, body, dated, updated, deleted FROM entry WHERE "+where+" ORDER BY dated DESC, id", args, func(rows *sql.Rows) error {
		var e Entry
		var dated, updated, deleted sql.NullInt64
		err := rows.Scan(&e.ID, &e.Title, &e.Body, &dated, &updated, &deleted)
		e.Date, e.Updated = fromMicros(dated), fromMicros(updated)
		if deleted.Valid {
			when := fromMicros(deleted)
			e.Deleted = &when
		}
		at[e.ID] = len(all)
		all = append(all, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	var id, value string
	for _, q := range []struct {
		query string
		to    func(*Entry) *[]string
	}{
		{"SELECT entry, tag FROM entry_tag ORDER BY entry, tag", func(e *Entry) *[]string { return &e.Tags }},
		{"SELECT l.entry, l.run FROM entry_run l JOIN run r ON r.id = l.run WHERE r.deleted IS NULL ORDER BY l.entry, r.started", func(e *Entry) *[]string { return &e.Runs }},
	} {
		err := j.rows(ctx, q.query, nil, func(rows *sql.Rows) error {
			err := rows.Scan(&id, &value)
			if i, ok := at[id]; ok {
				list := q.to(&all[i])
				*list = append(*list, value)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
