package journal

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
)

// Table writes runs as an HTML table: what differs in their configs, and each metric's last value, the best of them in bold.
func Table(runs ...*Record) string {
	if len(runs) == 0 {
		return "<p>no runs</p>"
	}
	var rows []ConfigRow
	if len(runs) > 1 {
		configs := make([]json.RawMessage, len(runs))
		for i, r := range runs {
			configs[i] = r.Config
		}
		rows = ConfigDiff(configs...)
	}
	metrics := metricRows(runs)
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
		fmt.Fprintf(&b, `<th scope="col" style="text-align:left;padding:.2em .7em;border-bottom:2px solid currentColor">%s</th>`, escape(h))
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
		cell("<code>"+escape(r.ID)+"</code>", false)
		cell(escape(r.Experiment), false)
		cell(escape(string(r.Status)), false)
		cell(r.Started.Local().Format("2006-01-02 15:04"), false)
		cell(Span(r.Duration()), false)
		for _, row := range rows {
			cell(escape(row.Values[i]), false)
		}
		for k, m := range metrics {
			if _, ok := r.Metrics[m.Metric]; !ok {
				cell("", false)
				continue
			}
			cell(ShortValue(float64(m.Last[i])), best[k] == i && len(runs) > 1)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// escape makes a text stand in HTML as it is.
func escape(text string) string { return html.EscapeString(clean(text)) }

// ShortValue writes a value with five digits for people to read; NaN and infinities as such.
func ShortValue(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return FormatValue(v)
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// Span writes a duration for people to read, as 12 ms, 1.2 s, 3 m 05 s or 2 h 10 m.
func Span(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d m %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d m", int(d.Hours()), int(d.Minutes())%60)
}

// firstLine is the first line of a text, cut at n characters.
func firstLine(text string, n int) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	r := []rune(line)
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	if rest != "" {
		line += " …"
	}
	return line
}
