package command

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/sweep"
)

// withQueue opens the journal and its sweeps.
func (a *app) withQueue(cmd *cobra.Command, create bool, do func(q *sweep.Queue) error) error {
	return a.with(create, func(j *journal.Journal) (err error) {
		q, err := sweep.Open(cmd.Context(), j)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, q.Close()) }()
		return do(q)
	})
}

func (a *app) sweep() *cobra.Command {
	var p sweep.Plan
	var workers int
	var dry bool
	cmd := &cobra.Command{
		Use:   "sweep EXPERIMENT key=values…",
		Short: "Make the runs of an experiment over many settings, and do them here or on other machines",
		Long: `Make a run of an experiment for each combination of the values given, or for some of them, drawn by chance. Values are

  planes=16,32             these; texts, true and false, and JSON such as [64,64] too
  seed=1..5                the whole numbers from 1 to 5
  rate=1e-3..1e-2:log:5    5 numbers, evenly spaced on the logarithmic scale; or lin
  rate=1e-3..1e-2:log      any number between, where --random draws

--workers N does the runs here. So does journal work in any other terminal, and on any machine that opens the same journal, at the same
time. A run whose worker dies is gone on with from its last checkpoint by another. Ctrl-C leaves what is not done for a later journal work.`,
		Example: `  journal sweep moons planes=16,32 rate=1e-3..1e-2:log:5 seed=1..5 --workers 2
  journal sweep moons rate=1e-4..1e-1:log planes=8..64 --random 20 --seed 1`,
		Args:              arguments(1, -1, "an experiment and settings; journal experiments lists them"),
		ValidArgsFunction: a.completeSettings,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := journal.Lookup(args[0]); err != nil {
				return exit{Usage, fmt.Errorf("%w; journal experiments lists them", err)}
			}
			p.Experiment, p.Settings = args[0], args[1:]
			changed := cmd.Flags().Changed
			switch {
			case changed("random") && p.Random < 1:
				return wrong("--random %d: draw 1 run or more", p.Random)
			case changed("seed") && !changed("random"):
				return wrong("--seed is for --random; the seeds of the runs are a setting, as seed=1..5")
			case changed("random") && !changed("seed"):
				p.Seed = uint64(rand.Uint32())
			case changed("workers") && workers < 1:
				return wrong("--workers %d: give 1 or more", workers)
			}
			if dry {
				return a.drySweep(p)
			}
			return a.withQueue(cmd, true, func(q *sweep.Queue) error {
				s, err := q.Add(cmd.Context(), p)
				if err != nil {
					return err
				}
				if workers > 0 {
					return a.work(cmd, q, sweep.Work{Workers: workers, Sweep: s.ID})
				}
				return a.answer(s, func(w io.Writer) {
					fmt.Fprintf(w, "sweep %s of %s: %s\n", s.ID, plain(s.Experiment), count(len(s.Runs), "run waits; journal work does it", "runs wait; journal work does them"))
				})
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&workers, "workers", 0, "do the runs here, so many at a time (default: none; journal work does them)")
	f.IntVar(&p.Random, "random", 0, "draw so many combinations (default: all)")
	f.Uint64Var(&p.Seed, "seed", 0, "what --random draws with; the same seed draws the same (default: another each time, which is recorded)")
	f.IntVar(&p.Retries, "retries", 0, "try a run that fails so often again, from its last checkpoint")
	f.IntVar(&p.Priority, "priority", sweep.DefaultPriority, fmt.Sprintf("which sweep goes first, %d to %d", sweep.First, sweep.Last))
	f.IntVar(&p.Limit, "limit", sweep.DefaultLimit, "how many runs there may be")
	f.StringArrayVarP(&p.Tags, "tag", "t", nil, "tag the runs")
	f.BoolVar(&dry, "dry-run", false, "only list the runs")
	_ = cmd.RegisterFlagCompletionFunc("tag", a.completeFrom(tagsOf))
	cmd.AddCommand(a.sweepLs(), a.sweepShow(), a.sweepCancel())
	return cmd
}

// drySweep lists the runs of a plan.
func (a *app) drySweep(p sweep.Plan) error {
	params, all, err := p.Combinations()
	if err != nil {
		return err
	}
	answer := struct {
		Params []string            `json:"params"`
		Seed   uint64              `json:"seed,omitempty"`
		Runs   []sweep.Combination `json:"runs"`
	}{params, p.Seed, all}
	return a.answer(answer, func(w io.Writer) {
		rows := [][]string{append([]string{"RUN"}, params...)}
		for i, c := range all {
			rows = append(rows, append([]string{fmt.Sprint(i + 1)}, c.Values...))
		}
		table(w, rows)
		drawn := ""
		if p.Random > 0 {
			drawn = fmt.Sprintf(", drawn with --seed %d", p.Seed)
		}
		fmt.Fprintf(w, "%s%s; nothing is written\n", count(len(all), "run", "runs"), drawn)
	})
}

func (a *app) sweepLs() *cobra.Command {
	return &cobra.Command{
		Use:   "ls",
		Short: "List the sweeps, newest first",
		Args:  arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withQueue(cmd, false, func(q *sweep.Queue) error {
				all, err := q.Sweeps(cmd.Context())
				if err != nil {
					return err
				}
				if all == nil {
					all = []*sweep.Status{}
				}
				return a.answer(all, func(w io.Writer) {
					if len(all) == 0 {
						fmt.Fprintln(a.err, "no sweeps")
						return
					}
					rows := [][]string{{"SWEEP", "EXPERIMENT", "MADE", "RUNS", "SETTINGS"}}
					for _, s := range all {
						rows = append(rows, []string{s.ID, s.Experiment, s.Created.Local().Format("2006-01-02 15:04"), tally(s), asked(&s.Sweep)})
					}
					table(w, rows)
				})
			})
		},
	}
}

func (a *app) sweepShow() *cobra.Command {
	var metrics []string
	cmd := &cobra.Command{
		Use:               "show SWEEP",
		Short:             "Show a sweep and how each of its runs stands",
		Args:              arguments(1, 1, "one sweep; journal sweep ls lists them"),
		ValidArgsFunction: a.completeSweeps,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withQueue(cmd, false, func(q *sweep.Queue) error {
				id, err := sweepID(cmd.Context(), q, args[0])
				if err != nil {
					return err
				}
				s, err := q.Sweep(cmd.Context(), id)
				if err != nil {
					return err
				}
				return a.answerSweep(s, s, metrics)
			})
		},
	}
	cmd.Flags().StringSliceVarP(&metrics, "metric", "m", nil, "metrics to show: their last value, or NAME.best, .min, .max (default: the three that say most)")
	_ = cmd.RegisterFlagCompletionFunc("metric", a.completeFrom(metricsOf))
	return cmd
}

func (a *app) sweepCancel() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel SWEEP",
		Short: "Cancel the runs of a sweep that are not done",
		Long: `Cancel the runs of a sweep that are not done: those that wait never begin, those that are under way stop, wherever their worker is, and
stay as interrupted. What is finished stays.`,
		Args:              arguments(1, 1, "one sweep; journal sweep ls lists them"),
		ValidArgsFunction: a.completeSweeps,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withQueue(cmd, false, func(q *sweep.Queue) error {
				id, err := sweepID(cmd.Context(), q, args[0])
				if err != nil {
					return err
				}
				waited, stopping, err := q.Cancel(cmd.Context(), id)
				if err != nil {
					return err
				}
				answer := struct {
					ID       string `json:"id"`
					Waited   int    `json:"waited"`
					Stopping int    `json:"stopping"`
				}{id, waited, stopping}
				return a.answer(answer, func(w io.Writer) {
					fmt.Fprintf(w, "cancelled sweep %s: %s, %s\n", id, count(waited, "run that waited", "runs that waited"), count(stopping, "under way", "under way"))
				})
			})
		},
	}
}

// completeSweeps completes ids of sweeps, with what they are beside them.
func (a *app) completeSweeps(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var found []string
	if len(args) == 0 {
		_ = a.withQueue(cmd, false, func(q *sweep.Queue) error {
			all, err := q.Sweeps(cmd.Context())
			for _, s := range all {
				found = append(found, s.ID+"\t"+plain(s.Experiment+" "+asked(&s.Sweep)))
			}
			return err
		})
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
