package export

import (
	"context"
	"fmt"
	"html/template"
	"math"

	"flowbook/figures/chart"
	"flowbook/journal"
	"flowbook/journal/group"
	"flowbook/journal/record"
)

// wide is the ratio of a metric's largest to its smallest value from which its axis is logarithmic.
const wide = 50

// curves draws every metric of more than one point, unless it is always 0, with the parent's where it has it.
func (c *collection) curves(ctx context.Context, r, parent *journal.Record) ([]curveView, error) {
	all, err := c.j.AllSeries(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	var views []curveView
	for _, s := range all {
		sum := r.Metrics[s.Metric]
		if s.Len() < 2 || sum.Min == 0 && sum.Max == 0 && sum.NotFinite == 0 { // a count of what never came
			continue
		}
		lines := []chart.Curve{group.Curve(s, "this run")}
		low, high := sum.Min, sum.Max
		if c.overlay && parent != nil && parent.Metrics[s.Metric].Count > 1 {
			before, err := c.j.Series(ctx, parent.ID, s.Metric)
			if err != nil {
				return nil, err
			}
			lines = append(lines, group.Curve(before, "parent "+parent.ID[:min(6, len(parent.ID))]))
			low, high = min(low, parent.Metrics[s.Metric].Min), max(high, parent.Metrics[s.Metric].Max)
		}
		caption := "last " + record.ShortValue(sum.Last)
		if best, step := sum.BestText(s.Metric); best != "" {
			caption += fmt.Sprintf(", best %s at step %s", best, step)
		} else if math.IsNaN(sum.Min) {
			caption = "no finite value"
		}
		o := c.chart(440, 210, low, high)
		o.XLabel = group.Along(s.Metric)
		if o.Scale == chart.Log {
			caption += ", logarithmic"
		}
		views = append(views, curveView{s.Metric, caption, sum.NotFinite, template.HTML(chart.Curves(o, lines...))})
	}
	return views, nil
}

// chart says how curves of some size are drawn on the page, whose values lie between low and high.
func (c *collection) chart(width, height int, low, high float64) chart.Options {
	o := chart.Options{Width: width, Height: height, Columns: c.detail, Dress: chart.Classed, Points: c.lively}
	if low > 0 && high/low >= wide {
		o.Scale = chart.Log
	}
	return o
}
