package group

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"flowbook/journal"
)

// Sweep reads the runs of a sweep, by its id, the beginning of it, or "last" for the one whose runs are newest, and groups them as
// [OfSweep] does. The runs are in the order in which they began.
func Sweep(ctx context.Context, j *journal.Journal, id, metric string) (*Table, []*journal.Record, error) {
	runs, err := j.Runs(ctx, journal.Query{Where: "sweep", Sort: "started"})
	if err != nil {
		return nil, nil, err
	}
	found := map[string][]*journal.Record{}
	var ids []string // that of the newest runs last
	for _, r := range runs {
		if !strings.HasPrefix(r.Sweep.ID, id) && id != "last" {
			continue
		}
		if found[r.Sweep.ID] == nil {
			ids = append(ids, r.Sweep.ID)
		}
		found[r.Sweep.ID] = append(found[r.Sweep.ID], r)
	}
	switch {
	case len(ids) == 0 || id == "":
		return nil, nil, fmt.Errorf("journal %s: no run is of a sweep %q: %w; journal sweep ls lists them", j.Name(), id, journal.ErrNotFound)
	case len(ids) > 1 && id != "last" && found[id] == nil:
		slices.Sort(ids)
		return nil, nil, fmt.Errorf("journal %s: sweep %q: %w: it begins %s", j.Name(), id, journal.ErrAmbiguous, strings.Join(ids, ", "))
	}
	full := ids[len(ids)-1]
	if found[id] != nil {
		full = id
	}
	table, err := OfSweep(found[full], metric)
	return table, found[full], err
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
