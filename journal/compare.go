package journal

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"
)

// A Comparison puts runs side by side.
type Comparison struct {
	Runs    []*Record   `json:"runs"`
	Config  []ConfigRow `json:"config"` // only what differs
	Metrics []MetricRow `json:"metrics"`
}

// A ConfigRow is a config value that is not the same in all runs; a value is "" where the run does not have it.
type ConfigRow struct {
	Path   string   `json:"path"`
	Values []string `json:"values"`
}

// A MetricRow is a metric's last and best value in each run, NaN where the run does not have it or, of the best, where there is none.
type MetricRow struct {
	Metric   string   `json:"metric"`
	Last     []Number `json:"last"`
	Best     []Number `json:"best"`
	BestStep []int    `json:"best_step"`
	Better   Better   `json:"better"` // how the metric improves
	Winner   int      `json:"winner"` // index of the run with the best value; -1 for none, or when several share it
}

// Compare reads runs and puts them side by side: what differs in their configs, and each metric's last and best value.
func (j *Journal) Compare(ctx context.Context, runs ...string) (*Comparison, error) {
	if len(runs) == 0 {
		return nil, invalid("name the runs to compare")
	}
	c := &Comparison{}
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		c.Runs = append(c.Runs, r)
	}
	configs := make([]json.RawMessage, len(c.Runs))
	for i, r := range c.Runs {
		configs[i] = r.Config
	}
	c.Config = ConfigDiff(configs...)
	c.Metrics = metricRows(c.Runs)
	return c, nil
}

// ConfigDiff lists the values, by dotted path, that are not the same in all configs.
func ConfigDiff(configs ...json.RawMessage) []ConfigRow {
	flats := make([]map[string]any, len(configs))
	paths := map[string]bool{}
	for i, c := range configs {
		flats[i] = flatten(c)
		for path := range flats[i] {
			paths[path] = true
		}
	}
	var rows []ConfigRow
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		row := ConfigRow{Path: path}
		differ := false
		first, had := flats[0][path]
		for _, flat := range flats {
			v, has := flat[path]
			differ = differ || has != had || v != first
			if has {
				row.Values = append(row.Values, plainText(v))
			} else {
				row.Values = append(row.Values, "")
			}
		}
		if differ {
			rows = append(rows, row)
		}
	}
	return rows
}

func metricRows(runs []*Record) []MetricRow {
	names := map[string]bool{}
	for _, r := range runs {
		for name := range r.Metrics {
			names[name] = true
		}
	}
	var rows []MetricRow
	for _, name := range slices.Sorted(maps.Keys(names)) {
		row := MetricRow{Metric: name, Better: Direction(name, runs...)}
		var all []float64
		for _, r := range runs {
			last, best, step := math.NaN(), math.NaN(), 0
			if s, ok := r.Metrics[name]; ok {
				last, s.Better = s.Last, row.Better
				best, step = s.Best(name)
			}
			row.Last, row.Best, row.BestStep = append(row.Last, Number(last)), append(row.Best, Number(best)), append(row.BestStep, step)
			all = append(all, best)
		}
		row.Winner = row.Better.Winner(all)
		rows = append(rows, row)
	}
	return rows
}
