package group

import (
	"math"
	"strings"

	"flowbook/journal"
	"flowbook/journal/query"
)

// A part is the runs that have the same values.
type part struct {
	values []string
	runs   []*journal.Record
}

// partition puts the runs together whose values are the same, in the order in which the first of each comes. [By] and [ByFields] group by it.
func partition(runs []*journal.Record, values func(*journal.Record) []string) []part {
	var all []part
	at := map[string]int{}
	for _, r := range runs {
		have := values(r)
		key := strings.Join(have, "\x00")
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			all = append(all, part{values: have})
		}
		all[i].runs = append(all[i].runs, r)
	}
	return all
}

// ids are the runs' ids.
func (p part) ids() []string {
	all := make([]string, len(p.runs))
	for i, r := range p.runs {
		all[i] = r.ID
	}
	return all
}

// numbers are the finite values that the runs have of a metric, and how many have one that is not.
func (p part) numbers(metric *query.Field) (finite []float64, notFinite int) {
	for _, r := range p.runs {
		for _, v := range metric.Values(r) {
			if x, ok := v.(float64); ok && !math.IsNaN(x) && !math.IsInf(x, 0) {
				finite = append(finite, x)
			} else {
				notFinite++
			}
		}
	}
	return finite, notFinite
}
