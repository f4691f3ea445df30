package record

import (
	"maps"
	"math"
	"slices"

	"flowbook/journal/config"
)

// A Comparison puts runs side by side.
type Comparison struct {
	Runs    []*Run       `json:"runs"`
	Config  []config.Row `json:"config"` // only what differs
	Metrics []MetricRow  `json:"metrics"`
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

func MetricRows(runs []*Run) []MetricRow {
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
