package runs

import (
	"context"
	"fmt"
	"slices"

	"flowbook/journal"
)

// Seeds finds, in the default journal, the newest finished run of a Toy experiment for each of the seeds 0 to n−1; those
// that it has not are left out. The records are headers, with metrics but without artifacts, as [journal.Journal.Runs]
// gives them; replays are not among them.
func Seeds(name string, n int) ([]*journal.Record, error) {
	j, err := journal.OpenDefault()
	if err != nil {
		return nil, err
	}
	defer j.Close()
	ctx := context.Background()
	var found []*journal.Record
	for seed := range n {
		of, err := j.Runs(ctx, journal.Query{Experiment: name, Status: journal.Finished, Sort: "-started",
			Where: fmt.Sprintf("config.seed=%d", seed)})
		if err != nil {
			return nil, err
		}
		if newest := slices.IndexFunc(of, func(r *journal.Record) bool { return r.ReplayOf == "" }); newest >= 0 {
			found = append(found, of[newest])
		}
	}
	return found, nil
}
