package command

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/export"
)

func (a *app) compare() *cobra.Command {
	var page, sweep, metric string
	cmd := &cobra.Command{
		Use:   "compare RUN RUN…",
		Short: "Put runs side by side: config, metrics, curves; or the runs of a sweep",
		Long: `Put runs side by side: what differs in their configs, last and best value of each metric (* marks the winner), and each
metric's curve. --html writes a page with the curves over each other and figures side by side.

--sweep puts the combinations of a sweep in order instead, the best first: mean ± standard deviation of a metric over the seeds, and the
number of runs. --html then draws the metric against each parameter, and parallel coordinates.`,
		Example: `  journal compare last~1 last
  journal compare --sweep last --metric loss.best --html sweep.html`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case sweep != "" && len(args) > 0:
				return wrong("compare --sweep takes no runs; given: %d", len(args))
			case sweep != "":
				return nil
			case metric != "":
				return wrong("--metric is for --sweep; without it every metric is compared")
			}
			return arguments(2, -1, "two runs or more, or --sweep")(cmd, args)
		},
		ValidArgsFunction: a.completeRuns(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if sweep != "" {
				return a.compareSweep(ctx, sweep, metric, page)
			}
			return a.with(false, func(j *journal.Journal) error {
				c, err := j.Compare(ctx, args...)
				if err != nil {
					return err
				}
				if page != "" {
					wrote, err := a.toFile(page, func(w io.Writer) error { return export.Compare(ctx, j, w, export.Options{}, args...) })
					if err != nil || !wrote { // the page is the answer
						return err
					}
				}
				curves, err := sparklines(ctx, j, c)
				if err != nil {
					return err
				}
				return a.answer(c, func(w io.Writer) { comparison(w, c, curves) })
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&page, "html", "", "write a page to this file")
	f.StringVar(&sweep, "sweep", "", "compare the combinations of this sweep")
	f.StringVarP(&metric, "metric", "m", "", "of a sweep: the metric, its last value, or NAME.best, .min, .max (default: the one that says most)")
	_ = cmd.RegisterFlagCompletionFunc("sweep", func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return a.completeSweeps(cmd, nil, prefix)
	})
	_ = cmd.RegisterFlagCompletionFunc("metric", a.completeFrom(metricsOf))
	return cmd
}

// sparklines draws every metric of every run.
func sparklines(ctx context.Context, j *journal.Journal, c *journal.Comparison) ([]map[string]string, error) {
	all := make([]map[string]string, len(c.Runs))
	for i, r := range c.Runs {
		series, err := j.AllSeries(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		all[i] = map[string]string{}
		for _, s := range series {
			all[i][s.Metric] = sparkline(s.Values, 24)
		}
	}
	return all, nil
}

func comparison(w io.Writer, c *journal.Comparison, curves []map[string]string) {
	head := []string{"RUN"}
	kinds := [][]string{{"experiment"}, {"status"}, {"started"}, {"took"}}
	for _, r := range c.Runs {
		head = append(head, r.ID)
		for i, v := range []string{r.Experiment, string(r.Status), r.Started.Local().Format("2006-01-02 15:04"), journal.Span(r.Duration())} {
			kinds[i] = append(kinds[i], v)
		}
	}
	rows := append([][]string{head}, kinds...)
	for _, row := range c.Config {
		line := []string{row.Path}
		for _, v := range row.Values {
			line = append(line, dash(v))
		}
		rows = append(rows, line)
	}
	table(w, rows)
	if len(c.Config) == 0 {
		fmt.Fprintln(w, "\nTheir configs are the same.")
	}
	if len(c.Metrics) == 0 {
		return
	}
	fmt.Fprintln(w)
	rows = [][]string{{"METRIC", "RUN", "LAST", "BEST", "AT STEP", ""}}
	for _, m := range c.Metrics {
		name := m.Metric
		for i, r := range c.Runs {
			if _, ok := r.Metrics[m.Metric]; !ok {
				continue
			}
			best, step := "", ""
			if !math.IsNaN(float64(m.Best[i])) {
				best, step = journal.ShortValue(float64(m.Best[i])), fmt.Sprint(m.BestStep[i])
			}
			if i == m.Winner && len(c.Runs) > 1 {
				best += " *"
			}
			rows = append(rows, []string{name, r.ID, journal.ShortValue(float64(m.Last[i])), best, step, curves[i][m.Metric]})
			name = ""
		}
	}
	table(w, rows)
}
