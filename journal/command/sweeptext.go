package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"flowbook/journal"
	"flowbook/journal/export"
	"flowbook/journal/group"
	"flowbook/journal/query"
	"flowbook/journal/record"
	"flowbook/journal/sweep"
)

// asked is what a sweep was asked for.
func asked(s *record.Sweep) string {
	text := strings.Join(s.Settings, " ")
	if s.Random > 0 {
		text = fmt.Sprintf("%s --random %d --seed %d", text, s.Random, s.Seed)
	}
	return strings.TrimSpace(text)
}

// tally counts the runs of a sweep by how they stand.
func tally(s *sweep.Status) string {
	var parts []string
	for _, state := range []sweep.State{sweep.StateFinished, sweep.StateRunning, sweep.StateWaiting, sweep.StateFailed, sweep.StateCancelled,
		sweep.StateInterrupted, sweep.StateRemoved} {
		if n := s.Counts[state]; n > 0 {
			parts = append(parts, fmt.Sprint(n, " ", state))
		}
	}
	return strings.Join(parts, ", ")
}

// answerSweep answers with v, as text with how a sweep stands.
func (a *app) answerSweep(v any, s *sweep.Status, metrics []string) error {
	var wrongMetric error
	err := a.answer(v, func(w io.Writer) { wrongMetric = sweepText(w, s, metrics) })
	return errors.Join(wrongMetric, err)
}

// sweepText is a sweep for people to read.
func sweepText(w io.Writer, s *sweep.Status, metrics []string) error {
	var records []*journal.Record
	for _, r := range s.Runs {
		if r.Record != nil {
			records = append(records, r.Record)
		}
	}
	if metrics == nil {
		metrics = record.Leading(records, 3)
	}
	var fields []*query.Field
	for _, name := range prefixed("metric.", metrics) {
		f, err := query.ParseField(name)
		if err != nil {
			return err
		}
		fields = append(fields, f)
	}
	fmt.Fprintf(w, "sweep %s of %s: %s\n%s: %s\n\n", s.ID, plain(s.Experiment), plain(asked(&s.Sweep)), count(len(s.Runs), "run", "runs"), tally(s))
	rows := [][]string{append(append(append([]string{"RUN"}, s.Params...), "STATE", "TOOK"), metrics...)}
	for _, r := range s.Runs {
		row := append(append([]string{r.ID}, r.Values...), string(r.State))
		took := ""
		if r.Record != nil {
			took = record.Span(r.Record.Duration())
		}
		rows = append(rows, append(append(row, dash(took)), values(r.Record, fields)...))
	}
	table(w, rows)
	for _, r := range s.Runs {
		if r.State == sweep.StateFailed {
			fmt.Fprintf(w, "\nrun %s failed: %s\n", r.ID, plain(r.Error))
		}
	}
	return nil
}

// values are a run's values of metrics, as ls shows them.
func values(r *journal.Record, metrics []*query.Field) []string {
	texts := make([]string, len(metrics))
	for i, m := range metrics {
		texts[i] = dash("")
		if r == nil {
			continue
		}
		if all := m.Values(r); len(all) > 0 {
			if v, ok := all[0].(float64); ok {
				texts[i] = record.ShortValue(v)
			}
		}
	}
	return texts
}

// compareSweep answers with the combinations of a sweep.
func (a *app) compareSweep(ctx context.Context, name, metric, page string) error {
	return a.with(false, func(j *journal.Journal) error {
		of, err := j.Runs(ctx, journal.Query{Where: "sweep"}) // the newest first
		if err != nil {
			return err
		}
		var ids []string
		for _, r := range of {
			if !slices.Contains(ids, r.Sweep.ID) {
				ids = append(ids, r.Sweep.ID)
			}
		}
		id, err := pickSweep(ids, name)
		if err != nil {
			return err
		}
		t, runs, err := group.Sweep(ctx, j, id, metric)
		if err != nil {
			return err
		}
		s := runs[0].Sweep
		if page != "" {
			wrote, err := a.toFile(page, func(w io.Writer) error { return export.Sweep(ctx, j, w, export.Options{}, s.ID, t.Metric) })
			if err != nil || !wrote { // the page is the answer
				return err
			}
		}
		answer := struct {
			Sweep *record.Sweep `json:"sweep"`
			*group.Table
		}{s, t}
		return a.answer(answer, func(w io.Writer) {
			fmt.Fprintf(w, "sweep %s of %s: %s, %s\n\n", s.ID, plain(runs[0].Experiment), plain(asked(s)), count(len(runs), "run", "runs"))
			table(w, t.Rows())
		})
	})
}
