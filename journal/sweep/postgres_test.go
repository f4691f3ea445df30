//go:build unix

package sweep

import (
	"testing"

	"flowbook/journal"
	"flowbook/journal/internal/pgtest"
	_ "flowbook/journal/sweep/postgres"
)

func init() { stopServers = pgtest.Close }

// TestPostgres asks of sweeps in PostgreSQL what the tests of the same names ask of SQLite.
func TestPostgres(t *testing.T) {
	if _, err := pgtest.Bin(); err != nil {
		t.Skip(err)
	}
	s, err := pgtest.Shared()
	must(t, err)
	for _, c := range []struct {
		name string
		test func(t *testing.T, url string)
	}{
		{"TwoWorkers", twoWorkers},
		{"KillWorker", killWorker},
		{"Retries", retries},
		{"Cancel", cancelSweep},
		{"CancelUnheard", cancelUnheard},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, s.URL(pgtest.Password, "sweep "+journal.NewID()))
		})
	}
}
