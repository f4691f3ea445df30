package group

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"flowbook/journal"
	"flowbook/journal/query"
	"flowbook/journal/record"
)

// A Grouping is runs in groups, each with the mean of its runs' metrics: what a sweep with several seeds is read by.
type Grouping struct {
	By      []string         `json:"by"`      // fields that have one value in a group
	Metrics []string         `json:"metrics"` // as they were asked for
	Better  []journal.Better `json:"better"`  // how each of the metrics improves
	Groups  []Members        `json:"groups"`
	Mixed   []string         `json:"mixed,omitempty"`   // config values that differ within a group, though they are not averaged over
	Replays int              `json:"replays,omitempty"` // runs that are left out because they only repeat another
}

// Members are the runs that have the same values.
type Members struct {
	Values []string `json:"values"` // of By; "" where a run has none
	Runs   []string `json:"runs"`
	Stats  []Stat   `json:"stats"` // of Metrics
}

// A Stat sums up a metric over the runs of a group.
type Stat struct {
	N         int           `json:"n"`          // runs with a finite value
	NotFinite int           `json:"not_finite"` // runs whose value is NaN or infinite: they are in no mean
	Mean      record.Number `json:"mean"`       // NaN for no value
	Deviation record.Number `json:"deviation"`  // with n−1; NaN for fewer than two values
	Best      bool          `json:"best"`       // no other group's mean is as good
}

// ByFields puts runs together that have the same values of the fields by, such as config.planes, and averages metrics (NAME is the last
// value, NAME.best the best) over them. over names what may differ within a group, such as seed; what else differs is in Mixed. With no by,
// the groups are of the runs that differ in nothing but over. Replays are left out. A field that is not known is a [journal.FilterError].
func ByFields(runs []*journal.Record, by, over, metrics []string) (*Grouping, error) {
	g := &Grouping{By: by, Metrics: metrics}
	fields, err := parseFields(by)
	if err != nil {
		return nil, err
	}
	if _, err := parseFields(over); err != nil {
		return nil, err
	}
	named := func(names []string, path string) bool { // seed is config.seed too
		return slices.ContainsFunc(names, func(name string) bool {
			return strings.EqualFold(name, "config."+path) || strings.EqualFold(name, path) && name == "seed"
		})
	}
	whole := len(runs)
	runs = slices.DeleteFunc(slices.Clone(runs), func(r *journal.Record) bool { return r.ReplayOf != "" })
	g.Replays = whole - len(runs)
	if len(by) == 0 {
		for _, path := range record.Differing(runs, math.MaxInt) {
			if !named(over, path) {
				g.By = append(g.By, "config."+path)
			}
		}
		if fields, err = parseFields(g.By); err != nil {
			return nil, err
		}
	}
	for _, p := range partition(runs, func(r *journal.Record) (values []string) {
		for _, f := range fields {
			values = append(values, strings.Join(f.Texts(r), ", "))
		}
		return values
	}) {
		group := Members{Values: p.values, Runs: p.ids()}
		for _, metric := range metrics {
			f, err := query.ParseField("metric." + metric)
			if err != nil {
				return nil, err
			}
			group.Stats = append(group.Stats, stat(p, f))
		}
		for _, path := range record.Differing(p.runs, math.MaxInt) {
			if !named(over, path) && !named(g.By, path) && !slices.Contains(g.Mixed, path) {
				g.Mixed = append(g.Mixed, path)
			}
		}
		g.Groups = append(g.Groups, group)
	}
	slices.Sort(g.Mixed)
	slices.SortFunc(g.Groups, func(a, b Members) int { return slices.CompareFunc(a.Values, b.Values, compareTexts) })
	for m, metric := range metrics {
		g.Better = append(g.Better, direction(runs, metric))
		means := make([]float64, len(g.Groups))
		for i, group := range g.Groups {
			means[i] = float64(group.Stats[m].Mean)
		}
		if best := g.Better[m].Winner(means); best >= 0 && len(means) > 1 {
			g.Groups[best].Stats[m].Best = true
		}
	}
	return g, nil
}

func parseFields(names []string) (fields []*query.Field, err error) {
	for _, name := range names {
		f, err := query.ParseField(name)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// compareTexts orders numbers by their size, and before texts.
func compareTexts(a, b string) int {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(x, y)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return strings.Compare(a, b)
}

// stat averages a metric over runs.
func stat(p part, f *query.Field) Stat {
	values, notFinite := p.numbers(f)
	mean, deviation := spread(values)
	return Stat{N: len(values), NotFinite: notFinite, Mean: record.Number(mean), Deviation: record.Number(deviation)}
}

// String is the mean ± the deviation for people to read, with how many runs they are of where some have no finite value.
func (s Stat) String() string {
	if s.N == 0 {
		if s.NotFinite > 0 {
			return "not finite"
		}
		return ""
	}
	text := record.ShortValue(float64(s.Mean))
	if s.N > 1 {
		text += " ± " + strconv.FormatFloat(float64(s.Deviation), 'g', 2, 64)
	}
	if s.NotFinite > 0 {
		text += " (" + strconv.Itoa(s.NotFinite) + " not finite)"
	}
	return text
}
