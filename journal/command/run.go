package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/record"
)

func (a *app) watched(ctx context.Context) context.Context {
	if a.Watch == nil {
		return ctx
	}
	return a.Watch(ctx)
}

func (a *app) run() *cobra.Command {
	var seed int64
	var tags []string
	var parent, name string
	var noSource bool
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "run EXPERIMENT [key=value…]",
		Short: "Run an experiment with its defaults and the settings given, and record it",
		Long: `Run a registered experiment and record it. A setting is the dotted path of a config value and JSON or plain text:
net.planes=32. Ctrl-C leaves the run interrupted, with what it logged and its last checkpoint.`,
		Example:           "  journal run moons couplings=16 net.hidden=[64,64] --tag wide",
		Args:              arguments(1, -1, "an experiment; journal experiments lists them"),
		ValidArgsFunction: a.completeSettings,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := journal.Lookup(args[0]); err != nil {
				return exit{Usage, fmt.Errorf("%w; journal experiments lists them", err)}
			}
			for _, s := range args[1:] {
				if !strings.Contains(s, "=") {
					return wrong("setting %q has no =; write key=value", s)
				}
			}
			opts := []journal.Option{journal.WithTags(tags...), journal.WithOutput()}
			if noSource {
				opts = append(opts, journal.WithoutSource())
			}
			if name != "" {
				opts = append(opts, journal.WithName(name))
			}
			if cmd.Flags().Changed("seed") {
				opts = append(opts, journal.WithSeed(seed))
			}
			watch, err := systemOption(cmd, every)
			if err != nil {
				return err
			}
			opts = append(opts, watch...)
			return a.with(true, func(j *journal.Journal) error {
				if parent != "" {
					known, err := namesOf(cmd.Context(), j)
					if err != nil {
						return err
					}
					id, err := known.run(parent)
					if err != nil {
						return err
					}
					opts = append(opts, journal.WithParent(id))
				}
				r, err := journal.Execute(a.watched(cmd.Context()), j, args[0], args[1:], opts...)
				return a.ended(r, err)
			})
		},
	}
	f := cmd.Flags()
	f.Int64Var(&seed, "seed", 0, "the config's seed; refused where the config has none")
	f.StringVar(&name, "name", "", "a name for the run")
	f.BoolVar(&noSource, "no-source", false, "keep no source and no uncommitted changes, only their digests")
	systemFlag(cmd, &every)
	f.StringArrayVarP(&tags, "tag", "t", nil, "tag the run")
	f.StringVar(&parent, "parent", "", "the run this one comes from")
	_ = cmd.RegisterFlagCompletionFunc("parent", a.completeRuns(-1))
	_ = cmd.RegisterFlagCompletionFunc("tag", a.completeFrom(tagsOf))
	return cmd
}

// ended answers with the run that ended, well or not.
func (a *app) ended(r *journal.Record, err error) error {
	if r == nil {
		return err
	}
	answerErr := a.answer(r, func(w io.Writer) {
		fmt.Fprintf(w, "run %s of %s %s after %s\n", r.ID, plain(r.Experiment), r.Status, record.Span(r.Duration()))
		rows := [][]string{}
		for _, name := range r.MetricNames() {
			s := r.Metrics[name]
			row := []string{"  " + name, record.ShortValue(s.Last)}
			if best, step := s.BestText(name); best != "" {
				row = append(row, fmt.Sprintf("best %s at step %s", best, step))
			}
			rows = append(rows, row)
		}
		table(w, rows)
	})
	if r.Status == journal.Interrupted {
		return exit{Interrupted, fmt.Errorf("run %s was interrupted; journal resume %s goes on with it", r.ID, r.ID)}
	}
	return errors.Join(err, answerErr)
}

// listed is an experiment as experiments answers it.
type listed struct {
	Name     string          `json:"name"`
	Doc      string          `json:"doc"`
	Defaults json.RawMessage `json:"defaults"`
}

func (a *app) experiments() *cobra.Command {
	return &cobra.Command{
		Use:               "experiments [EXPERIMENT]",
		Short:             "List the experiments this program can run, or the settings of one",
		Args:              arguments(0, 1, "at most one experiment"),
		ValidArgsFunction: a.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			names := journal.Experiments()
			if len(args) > 0 {
				names = args
			}
			all := []listed{}
			for _, name := range names {
				e, err := journal.Lookup(name)
				if err != nil {
					return err
				}
				defaults, err := json.Marshal(e.New())
				if err != nil {
					return err
				}
				all = append(all, listed{name, e.Doc, defaults})
			}
			return a.answer(all, func(w io.Writer) {
				var rows [][]string
				for _, e := range all {
					rows = append(rows, []string{e.Name, e.Doc})
				}
				table(w, rows)
				if len(args) > 0 {
					fmt.Fprintln(w)
					values := configValues(&journal.Record{Config: all[0].Defaults})
					for _, path := range slices.Sorted(maps.Keys(values)) {
						fmt.Fprintf(w, "  %s=%s\n", plain(path), plain(values[path]))
					}
				}
			})
		},
	}
}

func (a *app) resume() *cobra.Command {
	var every time.Duration
	cmd := &cobra.Command{
		Use:               "resume RUN",
		Short:             "Go on with an interrupted or failed run from its last checkpoint",
		Args:              arguments(1, 1, "one run"),
		ValidArgsFunction: a.completeRuns(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := systemOption(cmd, every)
			if err != nil {
				return err
			}
			return a.withRun(cmd.Context(), args[0], func(j *journal.Journal, id string) error {
				r, err := journal.Continue(a.watched(cmd.Context()), j, id, append(opts, journal.WithOutput())...)
				return a.ended(r, err)
			})
		},
	}
	systemFlag(cmd, &every)
	return cmd
}
