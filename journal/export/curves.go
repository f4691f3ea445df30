package export

import (
	"context"
	"fmt"
	"html/template"
	"math"
	"strings"

	"flowbook/journal"
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
		lines := []journal.Curve{s.Curve("this run")}
		low, high := sum.Min, sum.Max
		if c.overlay && parent != nil && parent.Metrics[s.Metric].Count > 1 {
			before, err := c.j.Series(ctx, parent.ID, s.Metric)
			if err != nil {
				return nil, err
			}
			lines = append(lines, before.Curve("parent "+parent.ID[:min(6, len(parent.ID))]))
			low, high = min(low, parent.Metrics[s.Metric].Min), max(high, parent.Metrics[s.Metric].Max)
		}
		caption := "last " + journal.ShortValue(sum.Last)
		if best, step := sum.BestText(s.Metric); best != "" {
			caption += fmt.Sprintf(", best %s at step %s", best, step)
		} else if math.IsNaN(sum.Min) {
			caption = "no finite value"
		}
		o := journal.CurveOptions{Width: 440, Height: 210, Detail: c.detail, Data: c.lively, Log: low > 0 && high/low >= wide}
		if o.Log {
			caption += ", logarithmic"
		}
		views = append(views, curveView{s.Metric, caption, sum.NotFinite, drawing(o, lines)})
	}
	return views, nil
}

// short forms of what every curve has, by classes of the page's style: a page may have thousands.
var compact = strings.NewReplacer(
	` xmlns="http://www.w3.org/2000/svg"`, "",
	` style="max-width:100%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="currentColor"`, "",
	` style="max-width:100%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="currentColor"`, "",
	` stroke="currentColor" stroke-opacity=".15"/>`, ` class="g"/>`,
	` stroke="currentColor" stroke-opacity=".6"/>`, ` class="t"/>`,
	` text-anchor="middle">`, ` class="m">`,
	` text-anchor="end">`, ` class="e">`,
	` stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"`, "",
)

// drawing draws curves for the page.
func drawing(o journal.CurveOptions, lines []journal.Curve) template.HTML {
	return template.HTML(compact.Replace(journal.Curves(o, lines...)))
}
