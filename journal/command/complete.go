package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/record"
)

type completer = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// completeFrom completes what is found in runs, each once.
func (a *app) completeFrom(find func(runs []*journal.Record, add func(text, about string))) completer {
	return func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		found := map[string]string{}
		_ = a.with(false, func(j *journal.Journal) error {
			runs, err := j.Runs(cmd.Context(), journal.Query{})
			find(runs, func(text, about string) {
				if strings.HasPrefix(text, prefix) {
					found[text] = about
				}
			})
			return err
		})
		var all []string
		for _, text := range slices.Sorted(maps.Keys(found)) {
			all = append(all, strings.TrimRight(plain(text)+"\t"+plain(found[text]), "\t"))
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// metricsOf, configOf, tagsOf and fieldsOf are what completeFrom finds.
func metricsOf(runs []*journal.Record, add func(text, about string)) {
	for _, r := range runs {
		for name, s := range r.Metrics {
			add(name, "last "+record.ShortValue(s.Last)+" in "+r.ID)
		}
	}
}

func configOf(runs []*journal.Record, add func(text, about string)) {
	for _, r := range runs {
		for path, value := range configValues(r) {
			add(path, value+" in "+r.ID)
		}
	}
}

func tagsOf(runs []*journal.Record, add func(text, about string)) {
	for _, r := range runs {
		for _, tag := range r.Tags {
			add(tag, "")
		}
	}
}

func fieldsOf(runs []*journal.Record, add func(text, about string)) {
	for _, field := range []string{"started", "duration", "experiment", "status", "seed"} {
		add(field, "")
		add("-"+field, "the other way round")
	}
	metricsOf(runs, func(name, about string) { add("metric."+name, about); add("-metric."+name, about) })
	configOf(runs, func(path, about string) { add("config."+path, about); add("-config."+path, about) })
}

// completeEntries completes ids of entries, with their titles.
func (a *app) completeEntries(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var found []string
	_ = a.with(false, func(j *journal.Journal) error {
		entries, err := j.Entries(cmd.Context())
		for _, e := range entries {
			if len(args) == 0 && strings.HasPrefix(e.ID, prefix) {
				found = append(found, e.ID+"\t"+strings.TrimSpace(plain(e.Date.Local().Format("2006-01-02")+" "+e.Title)))
			}
		}
		return err
	})
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// both completes what two completers do.
func both(one, two completer) completer {
	return func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		a, directive := one(cmd, args, prefix)
		b, _ := two(cmd, args, prefix)
		return append(a, b...), directive
	}
}

// completeRuns completes ids of runs for the first n arguments, or all when n < 0, with what they are beside them.
func (a *app) completeRuns(n int) completer {
	return func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if n >= 0 && len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.completeIDs(cmd, prefix, journal.Query{})
	}
}

func (a *app) completeIDs(cmd *cobra.Command, prefix string, q journal.Query) ([]string, cobra.ShellCompDirective) {
	var found []string
	_ = a.with(false, func(j *journal.Journal) error { // a shell shows no errors while completing
		runs, err := j.Runs(cmd.Context(), q)
		for _, r := range runs {
			if strings.HasPrefix(r.ID, prefix) {
				found = append(found, fmt.Sprintf("%s\t%s %s, %s", r.ID, plain(r.Experiment), r.Status, r.Started.Local().Format("2006-01-02 15:04")))
			}
		}
		return err
	})
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

func (a *app) completeExperiments(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var found []string
	for _, name := range journal.Experiments() {
		if e, err := journal.Lookup(name); err == nil && len(args) == 0 && strings.HasPrefix(name, prefix) {
			found = append(found, name+"\t"+e.Doc)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// completeSettings completes an experiment, and then its settings with their defaults.
func (a *app) completeSettings(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.completeExperiments(cmd, args, prefix)
	}
	e, err := journal.Lookup(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defaults, err := json.Marshal(e.New())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	values := configValues(&journal.Record{Config: defaults})
	var found []string
	for _, path := range slices.Sorted(maps.Keys(values)) {
		if strings.HasPrefix(path+"=", prefix) || strings.HasPrefix(prefix, path+"=") {
			found = append(found, path+"="+values[path])
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
