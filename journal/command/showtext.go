package command

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/journal/record"
)

// text writes a run for a terminal; curves are those of its metrics.
func (v shownRun) text(w io.Writer, curves map[string]string) {
	r := v.Record
	fmt.Fprintf(w, "%s %s, %s\n\n", plain(r.Experiment), r.ID, r.Status)
	table(w, recordRows(r))
	if r.Error != "" {
		fmt.Fprintf(w, "\nerror\n%s\n", indent(lines(r.Error)))
	}
	if values := configValues(r); len(values) > 0 {
		fmt.Fprintln(w, "\nconfig")
		var rows [][]string
		for _, path := range slices.Sorted(maps.Keys(values)) {
			rows = append(rows, []string{"  " + path, values[path]})
		}
		table(w, rows)
	}
	if len(r.Metrics) > 0 {
		fmt.Fprintln(w)
		rows := [][]string{{"metric", "last", "best", "at step", "points", ""}}
		for _, name := range r.MetricNames() {
			sum := r.Metrics[name]
			best, step := sum.BestText(name)
			points := fmt.Sprint(sum.Count)
			if sum.NotFinite > 0 {
				points += fmt.Sprintf(" (%d not finite)", sum.NotFinite)
			}
			rows = append(rows, []string{"  " + name, record.ShortValue(sum.Last), best, step, points, curves[name]})
		}
		table(w, rows)
	}
	if files := slices.Concat(r.Figures, r.Artifacts, r.Checkpoints, r.Sources); len(files) > 0 {
		fmt.Fprintln(w)
		rows := [][]string{{"file", "kind", "step", "bytes", "sha256"}}
		for _, f := range files {
			step := ""
			if f.Step != record.NoStep {
				step = fmt.Sprint(f.Step)
			}
			rows = append(rows, []string{"  " + f.Name, f.Kind, step, fmt.Sprint(f.Size), f.Digest[:min(16, len(f.Digest))]})
		}
		table(w, rows)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "\nnote of %s\n%s\n", n.Time.Local().Format("2006-01-02 15:04"), indent(lines(n.Text)))
	}
	for _, s := range v.Series {
		fmt.Fprintf(w, "\n%s\n", plain(s.Metric))
		for i, step := range s.Steps {
			fmt.Fprintf(w, "  %d\t%s\n", step, record.FormatValue(float64(s.Values[i])))
		}
	}
	for _, path := range v.Saved {
		fmt.Fprintln(w, "saved", path)
	}
}

func recordRows(r *journal.Record) [][]string {
	var rows [][]string
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{"  " + name, value})
		}
	}
	for _, f := range r.ShownIn(record.OnTerminal) {
		add(f[0], f[1])
	}
	add("children", strings.Join(r.Children, ", "))
	add("entries", strings.Join(r.Entries, ", "))
	for _, name := range slices.Sorted(maps.Keys(r.Data)) {
		add("data "+name, r.Data[name])
	}
	add("machine", fmt.Sprintf("%s, %s/%s, %s", r.Machine.Host, r.Machine.OS, r.Machine.Arch, r.Machine.Go))
	add("command", strings.Join(r.Machine.Command, " "))
	if len(r.Attempts) > 1 {
		add("attempts", fmt.Sprint(len(r.Attempts)))
	}
	for _, change := range r.CodeChanges() {
		add("resumed", change)
	}
	return rows
}

// configValues are a run's config values by dotted path.
func configValues(r *journal.Record) map[string]string {
	values := map[string]string{}
	for _, row := range config.Diff(r.Config, json.RawMessage("{}")) {
		values[row.Path] = cmp.Or(row.Values[0], `""`)
	}
	return values
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}

// sparkline draws values in a line of n characters, each the mean of its share (of an outline, of what it has of that); × stands where none is finite.
func sparkline(values []float64, n int) string {
	if len(values) < 2 {
		return ""
	}
	n = min(n, len(values))
	means := make([]float64, n)
	low, high := math.Inf(1), math.Inf(-1)
	for i := range n {
		sum, count := 0.0, 0
		for _, v := range values[i*len(values)/n : (i+1)*len(values)/n] {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				sum += v
				count++
			}
		}
		means[i] = sum / float64(count) // NaN for none
		if count > 0 {
			low, high = min(low, means[i]), max(high, means[i])
		}
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, v := range means {
		switch {
		case math.IsNaN(v):
			b.WriteRune('×')
		case high <= low || math.IsInf(high-low, 0):
			b.WriteRune(levels[3])
		default:
			b.WriteRune(levels[int(math.Round((v-low)/(high-low)*7))])
		}
	}
	return b.String()
}
