package export

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"flowbook/journal"
	"flowbook/journal/group"
)

// A sweepView is a sweep as the page shows it.
type sweepView struct {
	ID, Experiment, Settings, Runs string
	Metric, Caption                string
	Panels, Parallel               template.HTML
	Head                           []string
	Rows                           [][]string
	More                           string // groups that have no row
	Missing                        string // why there is no figure
}

// sweepRows is how many groups of a sweep have a row on the page.
const sweepRows = 50

// maxSweeps is how many sweeps the page of a journal shows, the newest.
const maxSweeps = 20

// sweeps gathers the sweeps of the page's runs, newest first.
func (c *collection) sweeps() []*sweepView {
	runs := map[string][]*journal.Record{}
	var ids []string
	for _, r := range c.runs {
		if r.Sweep == nil {
			continue
		}
		if runs[r.Sweep.ID] == nil {
			ids = append(ids, r.Sweep.ID)
		}
		runs[r.Sweep.ID] = append(runs[r.Sweep.ID], r)
	}
	var all []*sweepView
	for _, id := range ids[:min(len(ids), maxSweeps)] {
		of := slices.Clone(runs[id])
		slices.SortStableFunc(of, func(a, b *journal.Record) int { return a.Started.Compare(b.Started) })
		table, err := group.OfSweep(of, "")
		all = append(all, newSweepView(table, of, err))
	}
	return all
}

// newSweepView draws a sweep; err says why its runs make no table.
func newSweepView(t *group.Table, runs []*journal.Record, err error) *sweepView {
	s := runs[0].Sweep
	v := &sweepView{ID: s.ID, Experiment: runs[0].Experiment, Settings: strings.Join(s.Settings, " "), Runs: plural(len(runs), "run", "runs")}
	if s.Random > 0 {
		v.Settings += fmt.Sprintf(" --random %d --seed %d", s.Random, s.Seed)
	}
	if err != nil {
		v.Missing = "No run has logged a metric yet."
		return v
	}
	v.Metric, v.Caption = t.Metric, t.Caption()
	trials := t.Trials()
	v.Panels, v.Parallel = template.HTML(trials.Panels()), template.HTML(trials.Parallel())
	rows := t.Rows()
	v.Head, v.Rows = rows[0], rows[1:]
	if n := len(v.Rows) - sweepRows; n > 0 {
		v.Rows, v.More = v.Rows[:sweepRows], plural(n, "combination more is", "combinations more are")+" not listed."
	}
	return v
}

// Sweep writes a page, self-contained like that of [HTML], of one sweep and one metric: the metric against each parameter, parallel
// coordinates, and the mean and deviation of each combination. id and metric are as for [group.Sweep].
func Sweep(ctx context.Context, j *journal.Journal, w io.Writer, o Options, id, metric string) error {
	table, runs, err := group.Sweep(ctx, j, id, metric)
	if err != nil {
		return err
	}
	if o.Title == "" {
		o.Title = "Sweep of " + runs[0].Experiment
	}
	c := newCollection(j, o.filled(), runs)
	v := struct {
		pageHead
		*sweepView
	}{sweepView: newSweepView(table, runs, nil)}
	if v.pageHead, err = c.head(); err != nil {
		return err
	}
	return execute(w, "sweeppage", v)
}
