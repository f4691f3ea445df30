package export

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"slices"

	"flowbook/journal"
)

//go:embed assets
var assets embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"plural": plural}).ParseFS(assets, "assets/*.html"))

// A pageHead is what every page has.
type pageHead struct {
	Title, Made string
	Policy      string // content security policy
	Style       template.CSS
	Script      template.JS
}

// A pageView is the page as its template shows it.
type pageView struct {
	pageHead
	Counts  string
	Live    bool
	Entries []entryView
	Sweeps  []*sweepView
	Loose   []*runView // runs that no entry names
	Index   index
	Codes   []*codeView
}

type entryView struct {
	ID, Title       string
	Day, Month, ISO string
	Weekday, Clock  string
	Tags            []string
	HTML            template.HTML
	Runs            []*runView
	Also            []setting // runs that stand at an older entry
}

// An index is the table of all runs.
type index struct {
	Metrics []string
	Rows    []indexRow
}

type indexRow struct {
	*journal.Record
	Short, When, Took string
	Unix              int64
	Seconds           float64
	Values            []indexValue
}

type indexValue struct {
	Text string
	Sort string
	Best bool
	Bad  bool // not finite
}

// head gathers what every page has.
func (c *collection) head() (pageHead, error) {
	h := pageHead{Title: c.Title, Made: c.moment(c.Now)}
	style, err := assets.ReadFile("assets/style.css")
	if err != nil {
		return h, err
	}
	script, err := assets.ReadFile("assets/script.js")
	if err != nil {
		return h, err
	}
	h.Style, h.Script = template.CSS(style), template.JS(script)+c.Script
	sum := sha256.Sum256([]byte(h.Script))
	h.Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; img-src data:"
	if c.Script != "" {
		h.Policy += " 'self'; connect-src 'self'"
	}
	return h, nil
}

// page gathers what the page shows.
func (c *collection) page(ctx context.Context) (*pageView, error) {
	head, err := c.head()
	if err != nil {
		return nil, err
	}
	p := &pageView{pageHead: head, Index: c.index(), Live: c.Script != ""}
	p.Counts = plural(len(c.entries), "entry", "entries") + ", " + plural(len(c.runs), "run", "runs")
	home := map[string]string{} // the entry at which a run stands: the first that was written of it
	for _, e := range slices.Backward(c.entries) {
		for _, id := range e.Runs {
			if home[id] == "" {
				home[id] = e.ID
			}
		}
	}
	for _, e := range c.entries {
		v, err := c.entry(ctx, e, home)
		if err != nil {
			return nil, err
		}
		p.Entries = append(p.Entries, v)
	}
	for _, r := range c.runs {
		if home[r.ID] != "" {
			continue
		}
		v, err := c.run(ctx, r)
		if err != nil {
			return nil, err
		}
		p.Loose = append(p.Loose, v)
	}
	p.Sweeps = c.sweeps()
	p.Codes = c.codes.all
	return p, nil
}

// entry gathers an entry with the runs that stand at it, and links to those that stand at an older one.
func (c *collection) entry(ctx context.Context, e journal.Entry, home map[string]string) (entryView, error) {
	at := e.Date.In(c.Location)
	v := entryView{ID: e.ID, Title: e.Title, Tags: e.Tags, ISO: at.Format("2006-01-02"), Day: at.Format("2"), Month: at.Format("January 2006"),
		Weekday: at.Format("Monday"), Clock: at.Format("15:04")}
	v.HTML = template.HTML(Markdown(e.Body, 3, c.links(ctx, e.Runs)))
	runs := slices.Clone(e.Runs)
	slices.SortStableFunc(runs, func(a, b string) int { return cmp.Compare(c.order(a), c.order(b)) })
	for _, id := range runs {
		r := c.byID[id]
		if r == nil {
			continue
		}
		if home[id] != e.ID {
			v.Also = append(v.Also, setting{Name: r.Experiment, Value: id[:min(6, len(id))], Link: "#run-" + id})
			continue
		}
		run, err := c.run(ctx, r)
		if err != nil {
			return v, err
		}
		v.Runs = append(v.Runs, run)
	}
	return v, nil
}

// order is when a run began: within an entry runs stand in the order in which they happened.
func (c *collection) order(id string) int64 {
	if r := c.byID[id]; r != nil {
		return r.Started.UnixMicro()
	}
	return math.MaxInt64
}

// indexMetrics is how many metrics the table of runs has columns for.
const indexMetrics = 5

func (c *collection) index() index {
	x := index{Metrics: journal.Leading(c.runs, indexMetrics)}
	slices.Sort(x.Metrics)
	for _, r := range c.runs {
		row := indexRow{Record: r, Short: r.ID[:min(6, len(r.ID))], When: r.Started.In(c.Location).Format("2006-01-02 15:04"),
			Took: journal.Span(r.Duration()), Unix: r.Started.UnixMicro(), Seconds: r.Duration().Seconds()}
		for _, name := range x.Metrics {
			var v indexValue
			if s, ok := r.Metrics[name]; ok {
				v = indexValue{Text: journal.ShortValue(s.Last), Sort: fmt.Sprint(s.Last), Bad: math.IsNaN(s.Last) || math.IsInf(s.Last, 0)}
			}
			row.Values = append(row.Values, v)
		}
		x.Rows = append(x.Rows, row)
	}
	x.crown(c.runs)
	return x
}

// crown marks the run whose last value of a metric is best, where one is better than all others: what is shown is what is sorted.
func (x *index) crown(runs []*journal.Record) {
	if len(runs) < 2 {
		return
	}
	for m, name := range x.Metrics {
		values := make([]float64, len(runs))
		for i, r := range runs {
			values[i] = math.NaN()
			if s, ok := r.Metrics[name]; ok {
				values[i] = s.Last
			}
		}
		if winner := journal.Direction(name, runs...).Winner(values); winner >= 0 {
			x.Rows[winner].Values[m].Best = true
		}
	}
}
