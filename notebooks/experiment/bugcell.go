package experiment

import (
	"context"

	"flowbook/journal"
)

// Debug is a cell of the debugging journal: it runs a bug's pair in the default journal, writes its entry, and shows it. The
// stop button ends it after the step under way, the run interrupted.
func Debug(bug string) error {
	return inCell(func(ctx context.Context, j *journal.Journal) error {
		line := &quiet{}
		p, err := RunPair(ctx, j, line, nil, bug)
		if err != nil {
			return err
		}
		line.done()
		if _, err := p.Write(ctx, j); err != nil {
			return err
		}
		return p.Show(ctx, j)
	})
}
