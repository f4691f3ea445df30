package export

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"

	"flowbook/figures/chart"
	"flowbook/journal"
	"flowbook/journal/group"
	"flowbook/journal/record"
)

// A compareView is the page that puts runs side by side.
type compareView struct {
	pageHead
	Runs    []compareRun
	Config  []compareRow
	Metrics []compareMetric
	Curves  []curveView
	Figures []compareFigures
	Code    *codeDiffView // of two runs
}

type compareRun struct {
	*journal.Record
	Short, When, Took string
}

type compareRow struct {
	Path   string
	Values []string
}

type compareMetric struct {
	Name  string
	Cells []compareCell
}

type compareCell struct {
	Last, Best string
	Step       string
	Winner     bool
}

// compareFigures is the last figure of a name in each run; nil where a run has none.
type compareFigures struct {
	Name  string
	Cells []*figureView
}

// Compare writes a page, self-contained like that of [HTML], that puts runs side by side: what differs in their configs, last and best
// of each metric, curves over each other, figures of the same name beside each other, and of two runs how their code differs, as far as the checkout in the working
// directory has their commits.
func Compare(ctx context.Context, j *journal.Journal, w io.Writer, o Options, runs ...string) error {
	if o.Title == "" {
		o.Title = "Comparison"
	}
	o = o.filled()
	d, err := j.Compare(ctx, runs...)
	if err != nil {
		return err
	}
	c := newCollection(j, o, d.Runs)
	c.cards, c.whole = d.Runs, map[string]bool{}
	c.budget()
	if err := c.images.plan(ctx); err != nil {
		return err
	}
	v := &compareView{}
	if v.pageHead, err = c.head(); err != nil {
		return err
	}
	for _, r := range d.Runs {
		v.Runs = append(v.Runs, compareRun{r, r.ID[:min(6, len(r.ID))], c.moment(r.Started), record.Span(r.Duration())})
	}
	for _, row := range d.Config {
		v.Config = append(v.Config, compareRow{row.Path, row.Values})
	}
	for _, row := range d.Metrics {
		v.Metrics = append(v.Metrics, compareCells(d.Runs, row))
		curve, err := c.together(ctx, d.Runs, row.Metric)
		if err != nil {
			return err
		}
		if curve.SVG != "" {
			v.Curves = append(v.Curves, curve)
		}
	}
	if v.Figures, err = c.sideBySide(ctx, d.Runs); err != nil {
		return err
	}
	if len(d.Runs) == 2 {
		if v.Code, err = newCodeDiff(ctx, j, d.Runs[0].ID, d.Runs[1].ID); err != nil {
			return err
		}
	}
	return execute(w, "compare", v)
}

func compareCells(runs []*journal.Record, row record.MetricRow) compareMetric {
	m := compareMetric{Name: row.Metric}
	for i, r := range runs {
		if _, ok := r.Metrics[row.Metric]; !ok {
			m.Cells = append(m.Cells, compareCell{})
			continue
		}
		cell := compareCell{Last: record.ShortValue(float64(row.Last[i])), Winner: i == row.Winner && len(runs) > 1}
		if best := float64(row.Best[i]); !math.IsNaN(best) {
			cell.Best, cell.Step = record.ShortValue(best), thousands(row.BestStep[i])
		}
		m.Cells = append(m.Cells, cell)
	}
	return m
}

// together draws one metric of all runs that have more than a point of it.
func (c *collection) together(ctx context.Context, runs []*journal.Record, metric string) (curveView, error) {
	var lines []chart.Curve
	labels := record.Labels(runs)
	v := curveView{Name: metric}
	low, high := 0.0, 0.0
	for i, r := range runs {
		s, ok := r.Metrics[metric]
		if !ok || s.Count < 2 {
			continue
		}
		series, err := c.j.Outline(ctx, r.ID, metric)
		if err != nil {
			return v, err
		}
		if len(lines) == 0 {
			low, high = s.Min, s.Max
		}
		low, high = min(low, s.Min), max(high, s.Max)
		lines = append(lines, group.Curve(series, labels[i]))
		v.NotFinite += s.NotFinite
	}
	if len(lines) == 0 {
		return v, nil
	}
	o := c.chart(560, 280, low, high)
	o.XLabel = group.Along(metric)
	v.Caption = plural(len(lines), "run", "runs")
	if o.Scale == chart.Log {
		v.Caption += ", logarithmic"
	}
	v.SVG = template.HTML(chart.Curves(o, lines...))
	return v, nil
}

// sideBySide finds the figures that at least one run has, by name.
func (c *collection) sideBySide(ctx context.Context, runs []*journal.Record) ([]compareFigures, error) {
	names := map[string]bool{}
	for _, r := range runs {
		for _, f := range r.Figures {
			names[f.Name] = true
		}
	}
	var all []compareFigures
	for _, name := range slices.Sorted(maps.Keys(names)) {
		row := compareFigures{Name: name, Cells: make([]*figureView, len(runs))}
		for i, r := range runs {
			for _, f := range r.Figures {
				if f.Name != name {
					continue
				}
				p, err := c.images.get(ctx, f)
				if err != nil {
					return nil, err
				}
				row.Cells[i] = &figureView{p, fmt.Sprintf("%s of %s", figureName(f), r.ID[:min(6, len(r.ID))])}
			}
		}
		all = append(all, row)
	}
	return all, nil
}
