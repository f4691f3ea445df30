package export

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"flowbook/journal"
	"flowbook/journal/record"
)

// An index is the table of all runs.
type index struct {
	Settings []string // config values that are not the same in all runs
	Metrics  []string
	Rows     []indexRow
	Older    int // runs for which there is no line, of Total
	Total    int
	Live     bool
}

type indexRow struct {
	ID, Name, Short, When, Took string
	Link                        string // "" where there is nothing more of it
	Place                       string // what its id begins with
	Status                      journal.Status
	Tags                        []string
	Unix                        int64
	Seconds                     float64
	Settings                    []string
	Values                      []indexValue
}

type indexValue struct {
	Text string
	Sort string
	Best bool
	Bad  bool // not finite
}

// indexMetrics and indexSettings are how many metrics and config values the table of runs has columns for.
const (
	indexMetrics  = 5
	indexSettings = 4
)

// tableOfRuns is the table of all runs, or of as many as half of the room has a line for, the newest.
func (c *collection) tableOfRuns(room *room) (index, error) {
	x := index{Metrics: record.Leading(c.runs, indexMetrics)}
	if len(c.runs) > 1 {
		x.Settings = record.Differing(c.runs, indexSettings)
	}
	slices.Sort(x.Metrics)
	half := room.half()
	c.listed = map[string]bool{}
	for _, r := range c.runs {
		row := c.row(r, x)
		if fits, err := half.fits("row", row); err != nil {
			return x, err
		} else if !fits {
			break
		}
		x.Rows = append(x.Rows, row)
		c.listed[r.ID] = true
	}
	room.left -= half.used
	x.Older, x.Total, x.Live = c.total-len(x.Rows), c.total, c.Script != ""
	x.crown(c.runs[:len(x.Rows)])
	return x, nil
}

// row is the line of a run in the table.
func (c *collection) row(r *journal.Record, x index) indexRow {
	row := indexRow{ID: r.ID, Name: cmp.Or(r.Name, r.Experiment), Status: r.Status, Tags: r.Tags, Short: r.ID[:min(6, len(r.ID))],
		When: r.Started.In(c.Location).Format("2006-01-02 15:04"), Took: record.Span(r.Duration()), Unix: r.Started.UnixMicro(), Seconds: r.Duration().Seconds(),
		Link: "#run-" + r.ID, Place: "row"}
	if c.RunURL != nil {
		row.Link = c.RunURL(r.ID)
	}
	for _, text := range r.ConfigTexts(x.Settings) {
		row.Settings = append(row.Settings, firstRunes(text, 40))
	}
	for _, name := range x.Metrics {
		var v indexValue
		if s, ok := r.Metrics[name]; ok {
			v = indexValue{Text: record.ShortValue(s.Last), Sort: fmt.Sprint(s.Last), Bad: math.IsNaN(s.Last) || math.IsInf(s.Last, 0)}
		}
		row.Values = append(row.Values, v)
	}
	return row
}

// firstRunes is a text of up to n characters.
func firstRunes(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// crown marks the run whose last value of a metric is best, where one is better than all others: what is shown is what is sorted.
func (x *index) crown(runs []*journal.Record) {
	if len(runs) < 2 {
		return
	}
	for m, name := range x.Metrics {
		values := make([]float64, len(runs))
		for i, r := range runs {
			values[i] = math.NaN()
			if s, ok := r.Metrics[name]; ok {
				values[i] = s.Last
			}
		}
		if winner := record.Direction(name, runs...).Winner(values); winner >= 0 {
			x.Rows[winner].Values[m].Best = true
		}
	}
}
