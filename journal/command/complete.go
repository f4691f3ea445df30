package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flowbook/journal"
)

type completer = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

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
