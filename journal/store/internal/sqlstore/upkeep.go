package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"flowbook/journal/internal/ids"
	"flowbook/journal/store"
)

// ID is [store.Upkeep.ID].
func (s *Store) ID(ctx context.Context) (id string, err error) {
	err = s.row(ctx, "SELECT value FROM meta WHERE key = 'id'").Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, s.Explain(err)
	}
	err = s.update(ctx, func(t transaction) error {
		_, err := t.exec(ctx, "INSERT INTO meta (key, value) VALUES ('id', ?) ON CONFLICT DO NOTHING", ids.New())
		return err
	})
	if err != nil {
		return "", err
	}
	return id, s.Explain(s.row(ctx, "SELECT value FROM meta WHERE key = 'id'").Scan(&id))
}

// IDs is [store.Upkeep.IDs].
func (s *Store) IDs(ctx context.Context) (all []store.Listed, err error) {
	for _, of := range []struct {
		kind  store.Kind
		order string
	}{{store.RunKind, "started"}, {store.EntryKind, "dated"}} {
		err := s.rows(ctx, fmt.Sprintf("SELECT id, deleted FROM %s ORDER BY %s DESC, id", of.kind, of.order), nil, func(rows *sql.Rows) error {
			l := store.Listed{Kind: of.kind}
			var deleted sql.NullInt64
			err := rows.Scan(&l.ID, &deleted)
			if deleted.Valid {
				at := fromMicros(deleted)
				l.Deleted = &at
			}
			all = append(all, l)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// SetDeleted is [store.Upkeep.SetDeleted].
func (s *Store) SetDeleted(ctx context.Context, kind store.Kind, id string, at *time.Time) (changed bool, err error) {
	query, args := "UPDATE "+string(kind)+" SET deleted = NULL WHERE id = ? AND deleted IS NOT NULL", []any{id}
	if at != nil {
		query, args = "UPDATE "+string(kind)+" SET deleted = ? WHERE id = ? AND deleted IS NULL", []any{micros(*at), id}
	}
	err = s.update(ctx, func(t transaction) error {
		n, err := t.exec(ctx, query, args...)
		changed = n > 0
		return err
	})
	return changed, err
}

// Trashed is [store.Upkeep.Trashed].
func (s *Store) Trashed(ctx context.Context, since time.Time) (runs, entries int, err error) {
	return runs, entries, s.Explain(errors.Join(s.row(ctx, "SELECT count(*) FROM run WHERE deleted <= ?", micros(since)).Scan(&runs),
		s.row(ctx, "SELECT count(*) FROM entry WHERE deleted <= ?", micros(since)).Scan(&entries)))
}

// Empty is [store.Upkeep.Empty].
func (s *Store) Empty(ctx context.Context, since time.Time) (runs, entries int, err error) {
	err = s.update(ctx, func(t transaction) error {
		r, err := t.exec(ctx, "DELETE FROM run WHERE deleted <= ?", micros(since))
		if err != nil {
			return err
		}
		e, err := t.exec(ctx, "DELETE FROM entry WHERE deleted <= ?", micros(since))
		runs, entries = int(r), int(e)
		if err != nil {
			return err
		}
		return t.deleteCodes(ctx)
	})
	return runs, entries, err
}

// Artifacts is [store.Upkeep.Artifacts].
func (s *Store) Artifacts(ctx context.Context, visit func(store.ArtifactUse) error) error {
	var all []store.ArtifactUse // a visit may take long
	err := s.rows(ctx, "SELECT digest, min(run), min(kind), min(name), max(size), count(*) FROM artifact GROUP BY digest ORDER BY digest", nil, func(rows *sql.Rows) error {
		var u store.ArtifactUse
		err := rows.Scan(&u.Digest, &u.Run, &u.Kind, &u.Name, &u.Size, &u.Uses)
		all = append(all, u)
		return err
	})
	for _, u := range all {
		if err == nil {
			err = visit(u)
		}
	}
	return err
}

// Named is [store.Upkeep.Named].
func (s *Store) Named(ctx context.Context, digest string, since time.Time) (bool, error) {
	var n int
	err := s.row(ctx, "SELECT count(*) FROM artifact WHERE digest = ? AND run NOT IN (SELECT id FROM run WHERE deleted <= ?)", digest, micros(since)).Scan(&n)
	return n > 0, s.Explain(err)
}

// Versions is [store.Upkeep.Versions].
func (s *Store) Versions(ctx context.Context, runs []string) (map[string]string, error) {
	all := make(map[string]string, len(runs))
	for _, id := range runs {
		all[id] = ""
	}
	where, args := "1 = 1", []any(nil)
	if len(all) <= few {
		where = "run IN (" + marks(len(all)) + ")"
		for _, id := range slices.Sorted(maps.Keys(all)) {
			args = append(args, id)
		}
	}
	if len(all) == 0 {
		return all, nil
	}
	for _, query := range []string{
		"SELECT run, count(*), max(at) FROM run_note WHERE " + where + " GROUP BY run",
		"SELECT run, count(*), max(at) FROM artifact WHERE " + where + " GROUP BY run",
		"SELECT run, count(*), max(from_step) FROM attempt WHERE " + where + " GROUP BY run",
	} {
		err := s.rows(ctx, query, args, func(rows *sql.Rows) error {
			var id string
			var count, latest int64
			err := rows.Scan(&id, &count, &latest)
			if text, ok := all[id]; ok {
				all[id] = text + fmt.Sprint(" ", count, " ", latest)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
