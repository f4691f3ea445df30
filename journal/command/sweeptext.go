package command

import (
	"fmt"
	"io"
	"strings"

	"flowbook/journal"
	"flowbook/journal/sweep"
)

// asked is what a sweep was asked for.
func asked(s *sweep.Status) string {
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

// sweepText is a sweep for people to read.
func sweepText(w io.Writer, s *sweep.Status, metrics []string) {
	fmt.Fprintf(w, "sweep %s of %s: %s\n%s: %s\n\n", s.ID, plain(s.Experiment), plain(asked(s)), count(len(s.Runs), "run", "runs"), tally(s))
	var records []*journal.Record
	for _, r := range s.Runs {
		if r.Record != nil {
			records = append(records, r.Record)
		}
	}
	if metrics == nil {
		metrics = journal.Leading(records, 3)
	}
	rows := [][]string{append(append(append([]string{"RUN"}, s.Params...), "STATE", "TOOK"), metrics...)}
	for _, r := range s.Runs {
		row := append(append([]string{r.ID}, r.Values...), string(r.State))
		took := ""
		if r.Record != nil {
			took = journal.Span(r.Record.Duration())
		}
		rows = append(rows, append(append(row, dash(took)), best(r.Record, metrics)...))
	}
	table(w, rows)
	for _, r := range s.Runs {
		if r.State == sweep.StateFailed {
			fmt.Fprintf(w, "\nrun %s failed: %s\n", r.ID, plain(r.Error))
		}
	}
}

// best are a run's best values of metrics.
func best(r *journal.Record, metrics []string) []string {
	values := make([]string, len(metrics))
	for i, m := range metrics {
		values[i] = dash("")
		if r == nil {
			continue
		}
		if s, ok := r.Metrics[m]; ok {
			v, _ := s.Best(m)
			values[i] = journal.ShortValue(v)
		}
	}
	return values
}
