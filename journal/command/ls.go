package command

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/journal/query"
	"flowbook/journal/record"
)

// A choice of runs, by flags that several commands have.
type choice struct {
	journal.Query
	status, since, until string
}

func (c *choice) flags(cmd *cobra.Command, a *app) {
	f := cmd.Flags()
	f.StringVarP(&c.Where, "where", "w", "", `filter, as 'config.couplings>8 and metric.bpd<1.8': fields config.PATH, metric.NAME (its last value; .best .min .max),
tag, experiment, status, seed, started, duration, …; operators = != < <= > >= ~ (regular expression); and, or, not, ()`)
	f.StringVarP(&c.Experiment, "experiment", "x", "", "only this experiment")
	f.StringArrayVarP(&c.Tags, "tag", "t", nil, "only with this tag; several: all of them")
	f.StringVar(&c.status, "status", "", "only running, finished, failed or interrupted")
	f.StringVar(&c.since, "since", "", "started then or later: 2026-11-24, '2026-11-24 15:04', or how long ago: 36h, 7d")
	f.StringVar(&c.until, "until", "", "started before then")
	_ = cmd.RegisterFlagCompletionFunc("experiment", a.completeExperiments)
	_ = cmd.RegisterFlagCompletionFunc("tag", a.completeFrom(tagsOf))
	_ = cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions([]string{"running", "finished", "failed", "interrupted"}, cobra.ShellCompDirectiveNoFileComp))
}

// query reads the flags.
func (c *choice) query() (journal.Query, error) {
	q := c.Query
	switch s := journal.Status(c.status); s {
	case "", journal.Running, journal.Finished, journal.Failed, journal.Interrupted:
		q.Status = s
	default:
		return q, wrong("status %q is none of running, finished, failed, interrupted", c.status)
	}
	var err error
	if q.Since, err = moment(c.since, time.Now()); err != nil {
		return q, err
	}
	q.Until, err = moment(c.until, time.Now())
	return q, err
}

// moment reads a date, or how long before now.
func moment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := span(text); err == nil {
		return now.Add(-d), nil
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, wrong("%q is no date; write 2026-11-24, '2026-11-24 15:04', or how long ago, as 36h or 7d", text)
	}
	return t, nil
}

// span reads a duration, days too.
func span(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err == nil && n >= 0 && n < 1e5 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, wrong("%q is no duration; write it as 36h or 7d", text)
	}
	return d, nil
}

func (a *app) ls() *cobra.Command {
	var c choice
	var metrics, config []string
	var groups groupChoice
	var page string
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List runs, newest first",
		Example: `  journal ls --where 'config.couplings>8 and metric.bpd<1.8' --sort metric.bpd --limit 10
  journal ls --group config.planes --over seed --metric test_bpd`,
		Args: arguments(0, 0, "no arguments; choose with --where"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := c.query()
			if err != nil {
				return err
			}
			if q.Limit < 0 {
				return wrong("--limit %d: give 1 or more; 0, the default, is all", q.Limit)
			}
			if page != "" && !groups.asked() {
				return wrong("ls --html is the page of groups: give --group or --over; export writes the page of runs")
			}
			return a.with(false, func(j *journal.Journal) error {
				runs, err := j.Runs(cmd.Context(), q)
				if err != nil {
					return err
				}
				if groups.asked() {
					return a.answerGroups(j, runs, groups, metrics, page)
				}
				if runs == nil {
					runs = []*journal.Record{}
				}
				rows, err := listing(runs, metrics, config)
				if err != nil {
					return err
				}
				return a.answer(runs, func(w io.Writer) {
					if len(runs) == 0 {
						fmt.Fprintln(a.err, "no runs")
						return
					}
					table(w, rows)
				})
			})
		},
	}
	c.flags(cmd, a)
	groups.flags(cmd, a)
	f := cmd.Flags()
	f.StringVar(&c.Sort, "sort", "", "order by a field, as metric.bpd; - before it reverses")
	f.IntVarP(&c.Limit, "limit", "n", 0, "at most so many")
	f.StringVar(&page, "html", "", "with --group or --over: write a page of the groups to this file")
	f.BoolVar(&c.Trash, "trash", false, "those in the trash")
	f.StringSliceVarP(&metrics, "metric", "m", nil, "metrics to show: their last value, or NAME.best, .min, .max (default: the three that say most)")
	f.StringSliceVarP(&config, "config", "c", nil, "config values to show, by dotted path")
	_ = cmd.RegisterFlagCompletionFunc("sort", a.completeFrom(fieldsOf))
	_ = cmd.RegisterFlagCompletionFunc("metric", a.completeFrom(metricsOf))
	_ = cmd.RegisterFlagCompletionFunc("config", a.completeFrom(configOf))
	return cmd
}

// listing is the table of ls. A metric is shown as it is sorted and filtered: by its last value, or by the one that is named.
func listing(runs []*journal.Record, metrics, columns []string) ([][]string, error) {
	if metrics == nil {
		metrics = record.Leading(runs, 3)
	}
	var fields []*query.Field
	for _, name := range append(prefixed("config.", columns), prefixed("metric.", metrics)...) {
		f, err := query.ParseField(name)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	head := append([]string{"RUN", "EXPERIMENT", "STATUS", "STARTED", "TOOK"}, columns...)
	rows := [][]string{append(append(head, metrics...), "TAGS")}
	for _, r := range runs {
		row := []string{r.ID, r.Experiment, string(r.Status), r.Started.Local().Format("2006-01-02 15:04"), record.Span(r.Duration())}
		for i, f := range fields {
			text := ""
			if values := f.Values(r); len(values) > 0 {
				if v, ok := values[0].(float64); ok && i >= len(columns) {
					text = record.ShortValue(v)
				} else {
					text = cmp.Or(config.Text(values[0]), `""`)
				}
			}
			row = append(row, dash(text))
		}
		rows = append(rows, append(row, strings.Join(r.Tags, ",")))
	}
	return rows, nil
}

// prefixed are names with a word before each.
func prefixed(word string, names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = word + name
	}
	return all
}

func dash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
