package command

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/export"
	"flowbook/journal/record"
)

// mostCompared is how many runs stand side by side.
const mostCompared = 30

func (a *app) compare() *cobra.Command {
	var c choice
	var groups groupChoice
	var page, sweep, metric string
	var code bool
	cmd := &cobra.Command{
		Use:   "compare RUN RUN… | compare --where FILTER",
		Short: "Put runs side by side: config, metrics, curves; or the runs of a sweep",
		Long: `Put runs side by side, those named or those that a filter chooses: what differs in their configs, last and best value of each metric
(* marks the winner), and each metric's curve. --html writes a page with the curves over each other and figures side by side. --group and
--over put runs together, as those that differ in their seed alone, and compare the means of their metrics.

--sweep puts the combinations of a sweep in order instead, the best first: mean ± standard deviation of a metric over the seeds, and the
number of runs. --html then draws the metric against each parameter, and parallel coordinates.

--code shows instead how the code of two runs differs, as a unified diff of their commits with the recorded changes, and what of it is not
known. Call it in a checkout that has both commits.`,
		Example: `  journal compare last~1 last
  journal compare --where 'tag=wide' --group config.planes --over seed
  journal compare --sweep last --metric loss.best --html sweep.html
  journal compare last~1 last --code`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeRuns(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			q, err := c.query()
			if err != nil {
				return err
			}
			if code {
				if len(args) != 2 || q.Chooses() || groups.asked() || sweep != "" || page != "" || metric != "" {
					return wrong("compare --code wants two runs and nothing else; given: %d", len(args))
				}
				return a.with(false, func(j *journal.Journal) error { return a.codeDiff(ctx, j, args) })
			}
			if sweep != "" {
				if len(args) > 0 || q.Chooses() || groups.asked() {
					return wrong("compare --sweep takes no runs, filter or groups")
				}
				return a.compareSweep(ctx, sweep, metric, page)
			}
			switch chosen := q.Chooses() || groups.asked(); {
			case chosen && len(args) > 0 && q.Chooses():
				return wrong("compare wants runs or a filter, not both")
			case metric != "" && !groups.asked():
				return wrong("--metric is for --sweep and --group; without them every metric is compared")
			case !chosen && len(args) < 2:
				return wrong("compare wants two runs or more, or a filter; given: %d", len(args))
			}
			return a.with(false, func(j *journal.Journal) error {
				runs, err := chosenRuns(ctx, j, q, args)
				if err != nil {
					return err
				}
				if groups.asked() {
					if metric == "" {
						return a.answerGroups(j, runs, groups, nil, page)
					}
					return a.answerGroups(j, runs, groups, []string{metric}, page)
				}
				if len(runs) == 0 {
					return fmt.Errorf("no run is chosen")
				}
				if len(runs) > mostCompared {
					return wrong("%d runs are too many to stand side by side (at most %d): choose fewer, or put them together with --group", len(runs), mostCompared)
				}
				args = args[:0:0]
				for _, r := range runs {
					args = append(args, r.ID)
				}
				return a.sideBySide(ctx, j, page, args)
			})
		},
	}
	c.flags(cmd, a)
	groups.flags(cmd, a)
	f := cmd.Flags()
	f.BoolVar(&code, "code", false, "show how the code of two runs differs")
	f.StringVar(&page, "html", "", "write a page to this file")
	f.StringVar(&sweep, "sweep", "", "compare the combinations of this sweep")
	f.StringVarP(&metric, "metric", "m", "", "of a sweep or of groups: the metric, its last value, or NAME.best, .min, .max (default: those that say most)")
	_ = cmd.RegisterFlagCompletionFunc("sweep", func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return a.completeSweeps(cmd, nil, prefix)
	})
	_ = cmd.RegisterFlagCompletionFunc("metric", a.completeFrom(metricsOf))
	return cmd
}

// chosenRuns are the runs that are named, or else those that a query chooses, the oldest first.
func chosenRuns(ctx context.Context, j *journal.Journal, q journal.Query, named []string) ([]*journal.Record, error) {
	if len(named) == 0 {
		runs, err := j.Runs(ctx, q)
		slices.Reverse(runs)
		return runs, err
	}
	known, err := namesOf(ctx, j)
	if err != nil {
		return nil, err
	}
	ids, err := known.runs(named)
	if err != nil {
		return nil, err
	}
	var runs []*journal.Record
	for _, id := range ids {
		r, err := j.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func (a *app) sideBySide(ctx context.Context, j *journal.Journal, page string, runs []string) error {
	c, err := j.Compare(ctx, runs...)
	if err != nil {
		return err
	}
	if page != "" {
		wrote, err := a.toFile(page, func(w io.Writer) error { return export.Compare(ctx, j, w, export.Options{}, runs...) })
		if err != nil || !wrote { // the page is the answer
			return err
		}
	}
	curves := make([]map[string]string, len(c.Runs))
	for i, r := range c.Runs {
		if a.json { // which draws none
			break
		}
		if curves[i], err = sparklines(ctx, j, r.ID, 24); err != nil {
			return err
		}
	}
	return a.answer(c, func(w io.Writer) { comparison(w, c, curves) })
}

// sparklines draws every metric of a run in lines of n characters.
func sparklines(ctx context.Context, j *journal.Journal, run string, n int) (map[string]string, error) {
	all := map[string]string{}
	err := j.EachOutline(ctx, run, func(s journal.Series) error {
		all[s.Metric] = sparkline(s.Values, n)
		return nil
	})
	return all, err
}

func comparison(w io.Writer, c *record.Comparison, curves []map[string]string) {
	head := []string{"RUN"}
	kinds := [][]string{{"experiment"}, {"status"}, {"started"}, {"took"}}
	for _, r := range c.Runs {
		head = append(head, r.ID)
		for i, v := range []string{r.Experiment, string(r.Status), r.Started.Local().Format("2006-01-02 15:04"), record.Span(r.Duration())} {
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
				best, step = record.ShortValue(float64(m.Best[i])), fmt.Sprint(m.BestStep[i])
			}
			if i == m.Winner && len(c.Runs) > 1 {
				best += " *"
			}
			rows = append(rows, []string{name, r.ID, record.ShortValue(float64(m.Last[i])), best, step, curves[i][m.Metric]})
			name = ""
		}
	}
	table(w, rows)
}
