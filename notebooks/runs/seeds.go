package runs

import (
	"context"
	"fmt"

	"flowbook/journal"
)

// Seeds finds, in the default journal, the newest finished run of a Toy experiment for each of the seeds 0 to n−1; those
// that it has not are left out. The records are headers, with metrics but without artifacts, as [journal.Journal.Runs]
// gives them.
func Seeds(name string, n int) ([]*journal.Record, error) {
	j, err := journal.OpenDefault()
	if err != nil {
		return nil, err
	}
	defer j.Close()
	ctx := context.Background()
	var found []*journal.Record
	for seed := range n {
		newest, err := j.Runs(ctx, journal.Query{Experiment: name, Status: journal.Finished, Sort: "-started", Limit: 1,
			Where: fmt.Sprintf("config.model.seed=%d and config.data_seed=%d", seed, seed)})
		if err != nil {
			return nil, err
		}
		found = append(found, newest...)
	}
	return found, nil
}
