package export

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"flowbook/journal"
	"flowbook/journal/group"
)

// A groupsView is the page of runs in groups.
type groupsView struct {
	pageHead
	Counts  string
	Remarks []string
	Head    []string
	Rows    []groupRow
	Figures []curveView
}

type groupRow struct {
	Values []string
	Runs   int
	Stats  []groupStat
}

type groupStat struct {
	Text string
	N    int
	Best bool
	Bad  bool // a run's value is not finite
}

// Groups writes a page, self-contained like that of [HTML], of runs in groups: the mean ± the deviation of each metric, and each metric
// against each of the fields that the groups differ in.
func Groups(j *journal.Journal, w io.Writer, o Options, g *group.Grouping) error {
	if o.Title == "" {
		o.Title = "Groups of runs"
	}
	v := &groupsView{}
	var err error
	if v.pageHead, err = newCollection(j, o.filled(), nil).head(); err != nil {
		return err
	}
	for _, name := range g.By {
		v.Head = append(v.Head, strings.TrimPrefix(name, "config."))
	}
	v.Head = append(append(v.Head, "runs"), g.Metrics...)
	runs := 0
	for _, members := range g.Groups {
		row := groupRow{Values: members.Values, Runs: len(members.Runs)}
		for _, s := range members.Stats {
			row.Stats = append(row.Stats, groupStat{s.String(), s.N, s.Best, s.NotFinite > 0})
		}
		v.Rows = append(v.Rows, row)
		runs += row.Runs
	}
	v.Counts = plural(len(g.Groups), "group", "groups") + " of " + plural(runs, "run", "runs")
	if len(g.Mixed) > 0 {
		v.Remarks = append(v.Remarks, fmt.Sprintf("Within a group there are runs of different %s.", strings.Join(g.Mixed, ", ")))
	}
	if g.Replays > 0 {
		v.Remarks = append(v.Remarks, plural(g.Replays, "replay is", "replays are")+" left out.")
	}
	for m, metric := range g.Metrics {
		if svg := g.Trials(m).Panels(); svg != "" {
			v.Figures = append(v.Figures, curveView{Name: metric, Caption: "A dot is the mean of a group, its bar the standard deviation.", SVG: template.HTML(svg)})
		}
	}
	return execute(w, "groups", v)
}
