package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/export"
	"flowbook/journal/group"
	"flowbook/journal/record"
)

// A groupChoice is the flags of commands that average over runs.
type groupChoice struct{ by, over []string }

func (g *groupChoice) flags(cmd *cobra.Command, a *app) {
	f := cmd.Flags()
	f.StringSliceVar(&g.by, "group", nil, "put runs together that have the same values of these fields, as config.planes, and show the mean ± the deviation of their metrics")
	f.StringSliceVar(&g.over, "over", nil, "fields that may differ within a group, as seed (without --group: all else is the same)")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeFrom(fieldsOf))
	_ = cmd.RegisterFlagCompletionFunc("over", a.completeFrom(fieldsOf))
}

func (g *groupChoice) asked() bool { return len(g.by)+len(g.over) > 0 }

// answerGroups answers with the groups of some runs, as a page in a file where one is named.
func (a *app) answerGroups(j *journal.Journal, runs []*journal.Record, g groupChoice, metrics []string, page string) error {
	if metrics == nil {
		metrics = record.Leading(runs, 3)
	}
	groups, err := group.ByFields(runs, g.by, g.over, metrics)
	if err != nil {
		return err
	}
	if groups.Groups == nil {
		groups.Groups = []group.Members{}
	}
	if page != "" {
		wrote, err := a.toFile(page, func(w io.Writer) error { return export.Groups(j, w, export.Options{}, groups) })
		if err != nil || !wrote { // the page is the answer
			return err
		}
	}
	err = a.answer(groups, func(w io.Writer) {
		if len(groups.Groups) == 0 {
			fmt.Fprintln(a.err, "no runs")
			return
		}
		table(w, groupRows(groups))
	})
	if a.json {
		return err
	}
	if len(groups.Mixed) > 0 {
		fmt.Fprintf(a.err, "within a group there are runs of different %s: --group or --over may name them\n", strings.Join(groups.Mixed, ", "))
	}
	if groups.Replays > 0 {
		fmt.Fprintf(a.err, "%s left out\n", count(groups.Replays, "replay is", "replays are"))
	}
	return err
}

// groupRows is the table of groups; * marks the best mean.
func groupRows(g *group.Grouping) [][]string {
	var head []string
	for _, name := range g.By {
		head = append(head, strings.TrimPrefix(name, "config."))
	}
	rows := [][]string{append(append(head, "RUNS"), g.Metrics...)}
	for _, members := range g.Groups {
		var row []string
		for _, v := range members.Values {
			row = append(row, dash(v))
		}
		row = append(row, fmt.Sprint(len(members.Runs)))
		for _, s := range members.Stats {
			text := dash(s.String())
			if s.Best {
				text += " *"
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return rows
}
