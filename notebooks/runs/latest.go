// Package runs finds in the journal the runs that a notebook is about. It knows nothing of models, so a cell that only
// reads the journal links in half the time of one that loads package experiment.
package runs

import (
	"context"
	"fmt"

	"flowbook/journal"
)

// Latest finds, in the default journal, the newest run of an experiment that has a checkpoint.
func Latest(name string) (*journal.Record, error) {
	j, err := journal.OpenDefault()
	if err != nil {
		return nil, err
	}
	defer j.Close()
	ctx := context.Background()
	records, err := j.Runs(ctx, journal.Query{Experiment: name, Sort: "-started"})
	if err != nil {
		return nil, err
	}
	for _, header := range records {
		record, err := j.Get(ctx, header.ID)
		if err != nil {
			return nil, err
		}
		if len(record.Checkpoints) > 0 {
			return record, nil
		}
	}
	return nil, fmt.Errorf("runs: the journal has no run of %q with a checkpoint; run its training cell first, or `journal run %s`", name, name)
}
