// Package group puts runs of the same settings together, as those of several seeds, and says the mean of a metric in each group and how
// far its runs are from it; and draws a sweep: the metric against each parameter, and all of them beside each other.
package group

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"flowbook/journal"
	"flowbook/journal/query"
	"flowbook/journal/record"
)

// A Table is runs in groups.
type Table struct {
	// Metric is the value compared, as a filter names it: loss is the last one, loss.best the best.
	Metric string `json:"metric"`
	// Better says in which direction it improves.
	Better journal.Better `json:"better"`
	// By are the config values, by dotted path, that are the same in a group.
	By []string `json:"by"`
	// Groups are in the order in which their first runs were given.
	Groups []Group `json:"groups"`
}

// A Group is the runs of one combination of values.
type Group struct {
	Values []string `json:"values"` // of Table.By
	Runs   []string `json:"runs"`
	// Numbers are the metric's finite values; runs without one are in Runs alone.
	Numbers []float64 `json:"numbers"`
	// Mean of Numbers; NaN where there are none.
	Mean record.Number `json:"mean"`
	// Deviation is the standard deviation of Numbers as a sample (divided by n-1); NaN for less than two.
	Deviation record.Number `json:"deviation"`
}

// By groups runs by config values and takes their values of a metric. Its error wraps journal.ErrNotFound where no run has the metric.
func By(runs []*journal.Record, metric string, paths ...string) (*Table, error) {
	field, err := query.ParseField("metric." + metric)
	if err != nil {
		return nil, err
	}
	t := &Table{Metric: metric, By: paths, Better: direction(runs, metric)}
	any := false
	for _, p := range partition(runs, func(r *journal.Record) []string {
		values := make([]string, len(paths))
		for i, path := range paths {
			values[i] = Value(r.Config, path)
		}
		return values
	}) {
		numbers, notFinite := p.numbers(field)
		any = any || len(numbers)+notFinite > 0
		mean, deviation := spread(numbers)
		t.Groups = append(t.Groups, Group{Values: p.values, Runs: p.ids(), Numbers: numbers, Mean: record.Number(mean), Deviation: record.Number(deviation)})
	}
	if !any {
		return nil, fmt.Errorf("journal: none of %d runs has metric %q: %w; they have %q", len(runs), metric, journal.ErrNotFound, record.Leading(runs, 20))
	}
	return t, nil
}

// spread is the mean and the standard deviation of a sample; NaN where there are too few values. They are worked out as parts of the
// greatest, so that the squares of huge and tiny values do not leave the range of a float64, from the least value on, so that equal values
// have that mean and no deviation, and in their order, so that the same values have the same mean whichever run ended first.
func spread(values []float64) (mean, deviation float64) {
	switch len(values) {
	case 0:
		return math.NaN(), math.NaN()
	case 1:
		return values[0], math.NaN()
	}
	values = slices.Sorted(slices.Values(values))
	unit, n := 0.0, float64(len(values))
	for _, v := range values {
		unit = max(unit, math.Abs(v))
	}
	if unit == 0 {
		unit = 1
	}
	first, offset := values[0]/unit, 0.0
	for _, v := range values {
		offset += (v/unit - first) / n
	}
	var squares float64
	for _, v := range values {
		d := v/unit - first - offset
		squares += d * d
	}
	if offset == 0 {
		return values[0], math.Sqrt(squares/(n-1)) * unit
	}
	return (first + offset) * unit, math.Sqrt(squares/(n-1)) * unit
}

// OfSweep groups the runs of a sweep by its parameters, over its seeds: parameters called seed, also within something, as net.seed. metric
// "" is the one that says most.
func OfSweep(runs []*journal.Record, metric string) (*Table, error) {
	if len(runs) == 0 || runs[0].Sweep == nil {
		return nil, fmt.Errorf("journal: these are no runs of a sweep: %w", journal.ErrInvalid)
	}
	if metric == "" {
		leading := record.Leading(runs, 1)
		if len(leading) == 0 {
			return nil, fmt.Errorf("journal: no run of sweep %s has logged a metric: %w", runs[0].Sweep.ID, journal.ErrNotFound)
		}
		metric = leading[0]
	}
	var by []string
	for _, path := range runs[0].Sweep.Params {
		if !isSeed(path) {
			by = append(by, path)
		}
	}
	return By(runs, metric, by...)
}

func isSeed(path string) bool {
	return strings.EqualFold(path[strings.LastIndex(path, ".")+1:], "seed")
}

// Ranked are the groups, the best first, those without a value last; where no direction is better, in their own order.
func (t *Table) Ranked() []Group {
	ranked := slices.Clone(t.Groups)
	slices.SortStableFunc(ranked, func(a, b Group) int {
		x, y := float64(a.Mean), float64(b.Mean)
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return cmp.Compare(len(b.Numbers), 0) - cmp.Compare(len(a.Numbers), 0)
		case t.Better == journal.Higher:
			return cmp.Compare(y, x)
		case t.Better == journal.Lower:
			return cmp.Compare(x, y)
		}
		return 0
	})
	return ranked
}

// Text is the mean and the deviation of a group for people to read: "0.12 ± 0.01", "0.12" of a single value, "" without one.
func (g Group) Text() string {
	switch {
	case len(g.Numbers) == 0:
		return ""
	case len(g.Numbers) == 1:
		return record.ShortValue(float64(g.Mean))
	}
	return record.ShortValue(float64(g.Mean)) + " ± " + shorter(float64(g.Deviation))
}

// Count is how many of the group's runs have a value: "5", or "3 of 5".
func (g Group) Count() string {
	if len(g.Numbers) == len(g.Runs) {
		return fmt.Sprint(len(g.Runs))
	}
	return fmt.Sprintf("%d of %d", len(g.Numbers), len(g.Runs))
}

// shorter is a deviation with two digits.
func shorter(v float64) string { return fmt.Sprintf("%.2g", v) }

// direction is in which direction a metric improves, as a filter names it: loss.best is of loss, unless a run has a metric of the whole name.
func direction(runs []*journal.Record, metric string) journal.Better {
	has := func(name string) bool {
		return slices.ContainsFunc(runs, func(r *journal.Record) bool { _, ok := r.Metrics[name]; return ok })
	}
	if dot := strings.LastIndex(metric, "."); dot > 0 && !has(metric) && has(metric[:dot]) {
		metric = metric[:dot]
	}
	return record.Direction(metric, runs...)
}

// Value is the value at a dotted path of a config, for people to read: a text without its quotes, else JSON; "" where there is none.
func Value(config json.RawMessage, path string) string {
	raw := At(config, path)
	var text string
	if !strings.HasPrefix(raw, `"`) || json.Unmarshal([]byte(raw), &text) != nil {
		return raw
	}
	return text
}

// At is the JSON at a dotted path of a config, "" where there is none. A key that holds dots itself is found too.
func At(config json.RawMessage, path string) string {
	var tree map[string]json.RawMessage
	if json.Unmarshal(config, &tree) != nil {
		return ""
	}
	if value, ok := tree[path]; ok {
		return string(value)
	}
	for i := range path {
		if path[i] != '.' {
			continue
		}
		if inner, ok := tree[path[:i]]; ok {
			if value := At(inner, path[i+1:]); value != "" {
				return value
			}
		}
	}
	return ""
}
