package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// PutEntry is [store.Entries.PutEntry].
func (s *Store) PutEntry(ctx context.Context, e record.Entry) error {
	return s.update(ctx, func(t transaction) error {
		if _, err := t.exec(ctx, `INSERT INTO entry (id, title, body, dated, updated) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET title = excluded.title, body = excluded.body, dated = excluded.dated, updated = excluded.updated`,
			e.ID, e.Title, e.Body, micros(e.Date), micros(e.Updated)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM entry_tag WHERE entry = ?", e.ID); err != nil {
			return err
		}
		// Links to runs in the trash stay, for when they are restored.
		if _, err := t.exec(ctx, "DELETE FROM entry_run WHERE entry = ? AND run IN (SELECT id FROM run WHERE deleted IS NULL)", e.ID); err != nil {
			return err
		}
		for _, run := range e.Runs {
			if _, err := t.exec(ctx, "INSERT INTO entry_run (entry, run) VALUES (?, ?) ON CONFLICT DO NOTHING", e.ID, run); err != nil {
				return err
			}
		}
		return t.addTags(ctx, store.EntryKind, e.ID, e.Tags)
	})
}

// InsertEntry is [store.Entries.InsertEntry].
func (s *Store) InsertEntry(ctx context.Context, e record.Entry) error {
	return s.update(ctx, func(t transaction) error {
		n, err := t.exec(ctx, "INSERT INTO entry (id, title, body, dated, updated) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			e.ID, e.Title, e.Body, micros(e.Date), micros(e.Updated))
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("journal %s: entry %s: %w", s.at.Name, e.ID, fault.ErrDuplicate)
		}
		for _, run := range e.Runs {
			if _, err := t.exec(ctx, "INSERT INTO entry_run (entry, run) SELECT CAST(? AS TEXT), id FROM run WHERE id = ? ON CONFLICT DO NOTHING", e.ID, run); err != nil {
				return err
			}
		}
		return t.addTags(ctx, store.EntryKind, e.ID, e.Tags)
	})
}

// Entries is [store.Entries.Entries].
func (s *Store) Entries(ctx context.Context, tags ...string) ([]record.Entry, error) {
	where, args := "deleted IS NULL", []any{}
	for _, tag := range tags {
		where += " AND id IN (SELECT entry FROM entry_tag WHERE tag = ?)"
		args = append(args, tag)
	}
	return s.readEntries(ctx, where, args...)
}

// Entry is [store.Entries.Entry].
func (s *Store) Entry(ctx context.Context, id string) (record.Entry, error) {
	all, err := s.readEntries(ctx, "id = ?", id)
	if err != nil {
		return record.Entry{}, err
	}
	if len(all) == 0 {
		return record.Entry{}, s.notFound(store.EntryKind, id)
	}
	return all[0], nil
}

func (s *Store) readEntries(ctx context.Context, where string, args ...any) ([]record.Entry, error) {
	var all []record.Entry
	at := map[string]int{}
	err := s.rows(ctx, "SELECT id, title, body, dated, updated, deleted FROM entry WHERE "+where+" ORDER BY dated DESC, id", args, func(rows *sql.Rows) error {
		var e record.Entry
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
		to    func(*record.Entry) *[]string
	}{
		{"SELECT entry, tag FROM entry_tag ORDER BY entry, tag", func(e *record.Entry) *[]string { return &e.Tags }},
		{"SELECT l.entry, l.run FROM entry_run l JOIN run r ON r.id = l.run WHERE r.deleted IS NULL ORDER BY l.entry, r.started", func(e *record.Entry) *[]string { return &e.Runs }},
	} {
		err := s.rows(ctx, q.query, nil, func(rows *sql.Rows) error {
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
