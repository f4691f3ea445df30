package group

import (
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

// hasBest tells whether one of the groups is the best: the first of those that are drawn.
func (t *Table) hasBest() bool {
	return (t.Better == journal.Lower || t.Better == journal.Higher) && len(t.drawn()) > 1
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
