package journal

import (
	"context"
	"encoding/json"
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
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	versions, err := j.store.Versions(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		b, err := json.Marshal([]any{r.Status, r.Error, r.Backend, r.Device, r.Tags, r.Data, r.Metrics, versions[r.ID]})
		if err != nil {
			return nil, err
		}
		all[r.ID] = Fingerprint{r.Status == Running, string(b)}
	}
	return all, nil
}
