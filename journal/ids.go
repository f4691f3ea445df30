package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
)

// Resolve returns the full id of the run whose id begins with prefix, runs in the bin included; "last" is the run that began last
// and is not in the bin, "last~1" the one before it, and so on. Its error wraps ErrNotFound or ErrAmbiguous, and names the candidates.
func (j *Journal) Resolve(ctx context.Context, prefix string) (string, error) {
	return j.resolve(ctx, "run", prefix)
}

// ResolveEntry is [Journal.Resolve] for entries; "last" is the one with the latest date.
func (j *Journal) ResolveEntry(ctx context.Context, prefix string) (string, error) {
	return j.resolve(ctx, "entry", prefix)
}

func (j *Journal) resolve(ctx context.Context, what, prefix string) (string, error) {
	prefix = strings.ToLower(strings.TrimSpace(prefix))
	if prefix == "" {
		return "", fault.Invalid("the id of the %s is empty", what)
	}
	if back, ok := strings.CutPrefix(prefix, "last"); ok { // no id has an l
		return j.latest(ctx, what, back)
	}
	for _, c := range prefix {
		if !strings.ContainsRune(ids.Alphabet, c) {
			return "", fmt.Errorf("journal %s: %s %q: %w (an id is made of 0-9 and a-z)", j.at.Name, what, prefix, ErrNotFound)
		}
	}
	var found []string
	last := prefix + strings.Repeat("z", 64) // with both ends the database finds them in its index
	err := j.rows(ctx, "SELECT id FROM "+what+" WHERE id >= ? AND id <= ? AND substr(id, 1, ?) = ? ORDER BY id LIMIT 6", []any{prefix, last, len(prefix), prefix}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		found = append(found, id)
		return err
	})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fmt.Errorf("journal %s: %s %q: %w", j.at.Name, what, prefix, ErrNotFound)
	case len(found) > 1 && found[0] != prefix:
		list := strings.Join(found[:min(5, len(found))], ", ")
		if len(found) > 5 {
			list += ", …"
		}
		return "", fmt.Errorf("journal %s: %s %q: %w: it begins %s", j.at.Name, what, prefix, ErrAmbiguous, list)
	}
	return found[0], nil
}

// latest finds the run or entry that back names: "" is the latest, "~1" the one before it.
func (j *Journal) latest(ctx context.Context, what, back string) (id string, err error) {
	n := 0
	if back != "" {
		if n, err = strconv.Atoi(strings.TrimPrefix(back, "~")); err != nil || n < 0 || back[0] != '~' {
			return "", fault.Invalid("%q is no %s; write last, last~1, last~2, …", "last"+back, what)
		}
	}
	order := map[string]string{"run": "started DESC, id", "entry": "dated DESC, id"}[what]
	err = j.row(ctx, "SELECT id FROM "+what+" WHERE deleted IS NULL ORDER BY "+order+" LIMIT 1 OFFSET ?", n).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("journal %s: %s %q: %w", j.at.Name, what, "last"+back, ErrNotFound)
	}
	return id, j.explain(err)
}
