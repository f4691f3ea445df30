package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// A Fingerprint differs from an earlier one of the same run when anything has changed that [Journal.Get] reads of it.
type Fingerprint struct {
	Running bool
	text    string
}

// Fingerprints gives the fingerprint of each run that a query chooses, by its id: what a page that follows a journal looks at.
func (j *Journal) Fingerprints(ctx context.Context, q Query) (map[string]Fingerprint, error) {
	runs, err := j.Runs(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make(map[string]Fingerprint, len(runs))
	where, ids := "1 = 1", []any(nil)
	if len(runs) <= few {
		where = "run IN (" + marks(len(runs)) + ")"
		for _, r := range runs {
			ids = append(ids, r.ID)
		}
	}
	if len(runs) == 0 {
		return all, nil
	}
	for _, r := range runs {
		b, err := json.Marshal([]any{r.Status, r.Error, r.Backend, r.Device, r.Tags, r.Data, r.Metrics})
		if err != nil {
			return nil, err
		}
		all[r.ID] = Fingerprint{r.Status == Running, string(b)}
	}
	for _, query := range []string{
		"SELECT run, count(*), max(at) FROM run_note WHERE " + where + " GROUP BY run",
		"SELECT run, count(*), max(at) FROM artifact WHERE " + where + " GROUP BY run",
		"SELECT run, count(*), max(from_step) FROM attempt WHERE " + where + " GROUP BY run",
	} {
		var id string
		var count, latest int64
		err := j.rows(ctx, query, ids, func(rows *sql.Rows) error {
			err := rows.Scan(&id, &count, &latest)
			if f, ok := all[id]; ok {
				f.text += fmt.Sprint(" ", count, " ", latest)
				all[id] = f
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
