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
func (c *collection) curves(ctx context.Context, r, parent *journal.Record) (views []curveView, err error) {
	if !c.overlay || parent == nil {
		err = c.j.EachOutline(ctx, r.ID, func(s journal.Series) error {
			views = c.addCurve(views, r, s, overlay{})
			return nil
		})
		return views, err
	}
	for _, metric := range r.MetricNames() {
		var own, before journal.Series
		if err := c.j.EachOutline(ctx, r.ID, func(s journal.Series) error { own = s; return nil }, metric); err != nil {
			return nil, err
		}
		if parent.Metrics[metric].Count > 1 {
			if before, err = c.j.Outline(ctx, parent.ID, metric); err != nil {
				return nil, err
			}
		}
		views = c.addCurve(views, r, own, overlay{parent, before})
	}
	return views, nil
}

// An overlay is a metric of a run's parent.
type overlay struct {
	parent *journal.Record
	series journal.Series
}

// addCurve draws a metric, with its parent's where that has points.
func (c *collection) addCurve(views []curveView, r *journal.Record, s journal.Series, before overlay) []curveView {
	sum := r.Metrics[s.Metric]
	if s.Len() < 2 || sum.Min == 0 && sum.Max == 0 && sum.NotFinite == 0 { // a count of what never came
		return views
	}
	lines := []chart.Curve{group.Curve(s, "this run")}
	low, high := sum.Min, sum.Max
	if parent := before.parent; before.series.Len() > 0 {
		lines = append(lines, group.Curve(before.series, "parent "+parent.ID[:min(6, len(parent.ID))]))
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
	return append(views, curveView{s.Metric, caption, sum.NotFinite, template.HTML(chart.Curves(o, lines...))})
}

// chart says how curves of some size are drawn on the page, whose values lie between low and high.
func (c *collection) chart(width, height int, low, high float64) chart.Options {
	o := chart.Options{Width: width, Height: height, Columns: c.detail, Dress: chart.Classed, Points: c.lively}
	if low > 0 && high/low >= wide {
		o.Scale = chart.Log
	}
	return o
}
