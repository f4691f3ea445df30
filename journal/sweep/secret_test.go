package sweep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/sweep/internal/store"
)

// TestSecrets has an experiment whose defaults hold a key: neither the queue nor the journal keeps it, the runs have it, and a sweep over
// keys is refused.
func TestSecrets(t *testing.T) {
	type config struct {
		APIKey string `json:"api_key"`
		Seed   int    `json:"seed"`
	}
	const key = "not-for-everybody-4711"
	journal.Register("keyed", journal.Typed("", config{APIKey: key}, func(_ context.Context, _ *journal.Run, c config) error {
		if c.APIKey != key {
			return errors.New("the run does not have the key")
		}
		if c.Seed == 2 {
			return errors.New("the service refuses api_key=" + key)
		}
		return nil
	}))
	ctx := context.Background()
	url := tempURL(t)
	j, q := openQueue(t, url)
	s, err := q.Add(ctx, Plan{Experiment: "keyed", Settings: []string{"seed=1..2"}, Tags: []string{"api_key=" + key}})
	must(t, err)
	must(t, q.Work(ctx, Work{}))
	s, err = q.Sweep(ctx, s.ID)
	must(t, err)
	if s.Runs[0].State != StateFinished || s.Runs[1].State != StateFailed || !strings.Contains(s.Runs[1].Error, "the service refuses") {
		t.Errorf("%v %v", s.Counts, s.Runs[1].Error)
	}
	must(t, q.Close())
	must(t, j.Close())
	for _, path := range []string{url, store.File(url)} {
		data, err := os.ReadFile(path)
		must(t, err)
		if bytes.Contains(data, []byte(key)) {
			t.Errorf("%s keeps the key", path)
		}
	}
	if _, _, err := (Plan{Experiment: "keyed", Settings: []string{"api_key=a1b2c3d4,e5f6a7b8"}}).Combinations(); !errors.Is(err, journal.ErrInvalid) || !strings.Contains(err.Error(), "api_key is a secret") {
		t.Errorf("%v", err)
	}
}
