package group

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"flowbook/figures/chart"
	"flowbook/journal"
)

// Trials are the groups that have a value, to be drawn: the metric against each parameter, and parallel coordinates.
func (t *Table) Trials() chart.Trials {
	trials := chart.Trials{Params: t.By, Metric: t.Metric}
	if t.hasBest() {
		trials.Crown = chart.Ranked
	}
	for _, g := range t.drawn() {
		trials.All = append(trials.All, chart.Trial{Values: g.Values, Mean: float64(g.Mean), Deviation: float64(g.Deviation), Label: t.describe(g)})
	}
	return trials
}

// Trials are the groups that have a value of the m-th metric, to be drawn as those of a [Table] are.
func (g *Grouping) Trials(m int) chart.Trials {
	trials := chart.Trials{Metric: g.Metrics[m]}
	for _, name := range g.By {
		trials.Params = append(trials.Params, strings.TrimPrefix(name, "config."))
	}
	for _, members := range g.Groups {
		s := members.Stats[m]
		if s.N == 0 {
			continue
		}
		label := ""
		for i, name := range trials.Params {
			label += name + "=" + members.Values[i] + " "
		}
		trials.All = append(trials.All, chart.Trial{Values: members.Values, Mean: float64(s.Mean), Deviation: float64(s.Deviation),
			Label: fmt.Sprintf("%s%s %s, n = %d", label, g.Metrics[m], s, s.N)})
	}
	sign := map[journal.Better]float64{journal.Lower: 1, journal.Higher: -1}[g.Better[m]]
	slices.SortStableFunc(trials.All, func(a, b chart.Trial) int { return cmp.Compare(sign*a.Mean, sign*b.Mean) })
	if all := trials.All; sign != 0 && len(all) > 1 && all[0].Mean != all[1].Mean {
		trials.Crown = chart.Ranked
	}
	return trials
}

// drawn are the groups that have a value, the best first.
func (t *Table) drawn() []Group {
	ranked := t.Ranked()
	for i, g := range ranked {
		if len(g.Numbers) == 0 { // these are last
			return ranked[:i]
		}
	}
	return ranked
}

// hasBest tells whether one of the groups is better than all others: the first of those that are drawn.
func (t *Table) hasBest() bool {
	drawn := t.drawn()
	return (t.Better == journal.Lower || t.Better == journal.Higher) && len(drawn) > 1 && drawn[0].Mean != drawn[1].Mean
}

// describe says in a line what a group is.
func (t *Table) describe(g Group) string {
	text := ""
	for i, path := range t.By {
		if i > 0 {
			text += " "
		}
		text += path + "=" + g.Values[i]
	}
	return text + ": " + t.Metric + " " + g.Text() + ", n = " + g.Count()
}
