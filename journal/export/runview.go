package export

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/journal/record"
)

// A runView is a run as the templates show it.
type runView struct {
	*journal.Record
	Short    string
	When     string
	Facts    []string
	Notes    []noteView
	Parent   string // its address, "" when it is not on the page
	ParentOf string // how the parent is called
	Changes  []change
	Metrics  []metricView
	Curves   []curveView
	System   []curveView // of package system
	Figures  []figureGroup
	Config   []setting
	Details  []setting
	Files    []fileView
	Code     *codeView
	Output   string
}

type noteView struct {
	When string
	HTML template.HTML
}

// A change is a config value that the parent had otherwise; "" where one has none.
type change struct{ Path, Was, Is string }

type metricView struct {
	Name, Last, Best, BestStep string
	Points, NotFinite          int
}

type curveView struct {
	Name, Caption string
	NotFinite     int
	SVG           template.HTML
}

// A figureGroup is the figures of one name: the last large, the steps before it small.
type figureGroup struct {
	Name    string
	Last    figureView
	Earlier []figureView
}

type figureView struct {
	*picture
	Name string
}

type setting struct {
	Name, Value string
	Link        string
}

type fileView struct{ Kind, Name, Size, MIME, Digest string }

// run gathers what a run shows.
func (c *collection) run(ctx context.Context, r *journal.Record) (*runView, error) {
	v := &runView{Record: r, Short: r.ID[:min(6, len(r.ID))], When: c.moment(r.Started), Facts: facts(r), Metrics: metricViews(r), Files: files(r)}
	for _, row := range config.Diff(r.Config, json.RawMessage("{}")) {
		v.Config = append(v.Config, setting{Name: row.Path, Value: row.Values[0]})
	}
	parent := c.byID[r.Parent]
	if parent != nil {
		v.Parent, v.ParentOf = c.address(parent.ID), parent.Experiment+" "+parent.ID[:min(6, len(parent.ID))]
		for _, row := range config.Diff(parent.Config, r.Config) {
			v.Changes = append(v.Changes, change{row.Path, row.Values[0], row.Values[1]})
		}
	}
	links := c.links(ctx, []string{r.ID})
	for _, n := range r.Notes {
		v.Notes = append(v.Notes, noteView{c.moment(n.Time), template.HTML(Markdown(n.Text, 4, links))})
	}
	var err error
	if v.Code, err = c.codes.of(ctx, r); err != nil {
		return nil, err
	}
	v.Details = c.details(r)
	curves, err := c.curves(ctx, r, parent)
	if err != nil {
		return nil, err
	}
	for _, curve := range curves {
		if record.OfSystem(curve.Name) {
			v.System = append(v.System, curve)
		} else {
			v.Curves = append(v.Curves, curve)
		}
	}
	if v.Figures, err = c.figures(ctx, r.Figures); err != nil {
		return nil, err
	}
	v.Output, err = shownOutput(ctx, c.j, r.ID, c.output)
	return v, err
}

func (c *collection) moment(t time.Time) string {
	return t.In(c.Location).Format("2 January 2006, 15:04")
}

// facts are what stands under a run's name.
func facts(r *journal.Record) []string {
	all := []string{record.Span(r.Duration())}
	if r.Seed != nil {
		all = append(all, fmt.Sprintf("seed %d", *r.Seed))
	}
	if r.Backend != "" {
		all = append(all, r.Backend)
	}
	if n := len(r.Attempts); n > 1 {
		all = append(all, plural(n, "attempt", "attempts"))
	}
	return all
}

func metricViews(r *journal.Record) []metricView {
	var all []metricView
	for _, name := range r.MetricNames() {
		s := r.Metrics[name]
		best, step := s.BestText(name)
		all = append(all, metricView{name, record.ShortValue(s.Last), best, step, s.Count, s.NotFinite})
	}
	return all
}

// figures groups figures by name in the order in which the names first came.
func (c *collection) figures(ctx context.Context, all []journal.Artifact) ([]figureGroup, error) {
	var groups []figureGroup
	at := map[string]int{}
	for _, f := range all {
		p, err := c.images.get(ctx, f)
		if err != nil {
			return nil, err
		}
		v := figureView{p, figureName(f)}
		i, ok := at[f.Name]
		if !ok {
			at[f.Name] = len(groups)
			groups = append(groups, figureGroup{Name: f.Name, Last: v})
			continue
		}
		groups[i].Earlier = append(groups[i].Earlier, groups[i].Last)
		groups[i].Last = v
	}
	return groups, nil
}

// details are what a run's record says, and what it has of other runs and attempts.
func (c *collection) details(r *journal.Record) []setting {
	var all []setting
	for _, f := range record.Fields() {
		if f.Shown&record.OnPage == 0 || f.Text(r) == "" {
			continue
		}
		s := setting{Name: f.Title, Value: f.Text(r)}
		switch f.Kind {
		case record.TimeField:
			s.Value = f.Values(r)[0].(time.Time).In(c.Location).Format(time.RFC3339)
		case record.RunField:
			s.Link = c.address(s.Value)
		}
		all = append(all, s)
	}
	add := func(name, value string) {
		if value != "" {
			all = append(all, setting{Name: name, Value: value})
		}
	}
	for _, id := range r.Children {
		all = append(all, setting{Name: "child", Value: id, Link: c.address(id)})
	}
	add("machine", strings.Join(slices.DeleteFunc([]string{plural(r.Machine.CPUs, "CPU", "CPUs"), r.Machine.OS}, func(s string) bool { return s == "" }), ", "))
	add("command", strings.Join(r.Machine.Command, " "))
	for _, name := range slices.Sorted(maps.Keys(r.Data)) {
		add("data "+name, r.Data[name])
	}
	if len(r.Attempts) > 1 {
		for _, a := range r.Attempts[1:] {
			from := "from the beginning"
			if a.FromStep != record.NoStep {
				from = fmt.Sprintf("from the checkpoint of step %d", a.FromStep)
			}
			add(fmt.Sprintf("attempt %d", a.Number), c.moment(a.Started)+" "+from)
		}
	}
	return all
}

// files lists a run's artifacts, and of its checkpoints the last three.
func files(r *journal.Record) []fileView {
	var all []fileView
	add := func(list []journal.Artifact) {
		for _, a := range list {
			all = append(all, fileView{a.Kind, figureName(a), bytesText(a.Size), a.MIME, a.Digest})
		}
	}
	add(r.Figures)
	add(r.Artifacts)
	add(r.Checkpoints[max(0, len(r.Checkpoints)-3):])
	return all
}
