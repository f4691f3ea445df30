package record

import (
	"encoding/json"
	"fmt"
	"strings"

	"flowbook/journal/config"
	"flowbook/journal/internal/plain"
)

// Table writes runs as an HTML table: what differs in their configs, and each metric's last value, the best of them in bold.
func Table(runs ...*Run) string {
	if len(runs) == 0 {
		return "<p>no runs</p>"
	}
	var rows []config.Row
	if len(runs) > 1 {
		configs := make([]json.RawMessage, len(runs))
		for i, r := range runs {
			configs[i] = r.Config
		}
		rows = config.Diff(configs...)
	}
	metrics := MetricRows(runs)
	best := make([]int, len(metrics))
	for k, m := range metrics {
		last := make([]float64, len(runs))
		for i, v := range m.Last {
			last[i] = float64(v)
		}
		best[k] = m.Better.Winner(last)
	}
	var b strings.Builder
	b.WriteString(`<table style="border-collapse:collapse;font:13px/1.5 system-ui,sans-serif"><thead><tr>`)
	heads := []string{"run", "experiment", "status", "started", "took"}
	for _, row := range rows {
		heads = append(heads, row.Path)
	}
	for _, m := range metrics {
		heads = append(heads, m.Metric)
	}
	for _, h := range heads {
		fmt.Fprintf(&b, `<th scope="col" style="text-align:left;padding:.2em .7em;border-bottom:2px solid currentColor">%s</th>`, plain.Escape(h))
	}
	b.WriteString("</tr></thead><tbody>")
	cell := func(text string, bold bool) {
		if bold {
			text = "<b>" + text + "</b>"
		}
		b.WriteString(`<td style="text-align:left;padding:.2em .7em;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)">` + text + "</td>")
	}
	for i, r := range runs {
		b.WriteString("<tr>")
		cell("<code>"+plain.Escape(r.ID)+"</code>", false)
		cell(plain.Escape(r.Experiment), false)
		cell(plain.Escape(string(r.Status)), false)
		cell(r.Started.Local().Format("2006-01-02 15:04"), false)
		cell(Span(r.Duration()), false)
		for _, row := range rows {
			cell(plain.Escape(row.Values[i]), false)
		}
		for k, m := range metrics {
			if _, ok := r.Metrics[m.Metric]; !ok {
				cell("–", false)
				continue
			}
			cell(ShortValue(float64(m.Last[i])), best[k] == i && len(runs) > 1)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}
