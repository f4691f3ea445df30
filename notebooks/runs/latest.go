// Package runs finds in the journal the runs that a notebook is about. It knows nothing of models, so a cell that only
// reads the journal links in half the time of one that loads package experiment.
package runs

import (
	"context"
	"fmt"

	"flowbook/journal"
)

// Latest finds, in the default journal, the newest finished run of an experiment that has a checkpoint. A run that was
// stopped, failed or still goes on never takes its place, nor does a replay, which is a check of another run; [Named] gives
// one of those.
func Latest(name string) (*journal.Record, error) {
	j, err := journal.OpenDefault()
	if err != nil {
		return nil, err
	}
	defer j.Close()
	ctx := context.Background()
	headers, err := j.Runs(ctx, journal.Query{Experiment: name, Sort: "-started"})
	if err != nil {
		return nil, err
	}
	unfinished := ""
	for _, header := range headers {
		if header.ReplayOf != "" {
			continue
		}
		if header.Status != journal.Finished {
			if unfinished == "" && header.Status == journal.Interrupted {
				unfinished = fmt.Sprintf("; run %s was stopped before its end, and `journal resume %[1]s` takes it there", header.ID)
			}
			continue
		}
		record, err := j.Get(ctx, header.ID)
		if err != nil {
			return nil, err
		}
		if len(record.Checkpoints) > 0 {
			return record, nil
		}
	}
	return nil, fmt.Errorf("runs: the journal has no finished run of %q with a checkpoint; run its training cell first, or `journal run %s`%s", name, name, unfinished)
}

// Named gives the run of that ID, or of the beginning of one, in the default journal, whatever became of it.
func Named(id string) (*journal.Record, error) {
	j, err := journal.OpenDefault()
	if err != nil {
		return nil, err
	}
	defer j.Close()
	return j.Get(context.Background(), id)
}
