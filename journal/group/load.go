package group

import (
	"context"
	"fmt"
	"slices"

	"flowbook/journal"
)

// Sweep reads the runs of a sweep and groups them as [OfSweep] does. The runs are in the order in which they began.
func Sweep(ctx context.Context, j *journal.Journal, id, metric string) (*Table, []*journal.Record, error) {
	runs, err := j.Runs(ctx, journal.Query{Where: "sweep = '" + id + "'", Sort: "started"})
	if err != nil {
		return nil, nil, err
	}
	if len(runs) == 0 {
		return nil, nil, fmt.Errorf("journal %s: no run is of a sweep %q: %w; journal sweep ls lists them", j.Name(), id, journal.ErrNotFound)
	}
	table, err := OfSweep(runs, metric)
	return table, runs, err
}

// Caption says how to read the figures of the table.
func (t *Table) Caption() string {
	dot, several := "a run", false
	for _, g := range t.Groups {
		several = several || len(g.Runs) > 1
	}
	if several {
		dot = "the mean over the runs that differ in their seed alone, with their standard deviation"
	}
	text := "Each dot is " + dot + "; the line joins the means at each value."
	if t.hasBest() {
		text += " The best stands out."
	}
	return text
}

// Rows is the table for people to read, the best group first: its values, mean ± deviation and the number of runs; the first row is the head.
func (t *Table) Rows() [][]string {
	rows := [][]string{append(slices.Clone(t.By), t.Metric, "n")}
	for _, g := range t.Ranked() {
		text := g.Text()
		if text == "" {
			text = "–"
		}
		rows = append(rows, append(slices.Clone(g.Values), text, g.Count()))
	}
	return rows
}
