package export

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"

	"flowbook/journal"
)

// A collection is what a page shows of a journal.
type collection struct {
	Options
	j       *journal.Journal
	runs    []*journal.Record // newest first
	entries []journal.Entry   // newest first
	byID    map[string]*journal.Record
	ids     []string // sorted, to look prefixes up
	detail  int      // columns of a curve
	overlay bool     // the parent's curves stand under a run's
	images  *images
	codes   *codes
	output  int  // bytes of output shown of a run
	alone   bool // one run is written, for a page that is there
}

// collect reads the runs and entries the page shows.
func collect(ctx context.Context, j *journal.Journal, o Options) (*collection, error) {
	headers, err := j.Runs(ctx, o.Query)
	if err != nil {
		return nil, err
	}
	runs := make([]*journal.Record, len(headers))
	for i, h := range headers {
		if runs[i], err = j.Get(ctx, h.ID); err != nil {
			return nil, err
		}
	}
	sort.SliceStable(runs, func(a, b int) bool { return runs[a].Started.After(runs[b].Started) })
	c := newCollection(j, o, runs)
	if c.entries, err = j.Entries(ctx); err != nil {
		return nil, err
	}
	if o.Query.Chooses() {
		c.entries = slices.DeleteFunc(c.entries, func(e journal.Entry) bool {
			return !slices.ContainsFunc(e.Runs, func(id string) bool { return c.byID[id] != nil })
		})
	}
	c.budget()
	return c, c.images.plan(ctx)
}

// collectRun reads one run, and its parent to compare with.
func collectRun(ctx context.Context, j *journal.Journal, id string, o Options) (*collection, error) {
	r, err := j.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	c := newCollection(j, o, []*journal.Record{r})
	c.alone = true
	if r.Parent != "" {
		if c.byID[r.Parent], err = j.Get(ctx, r.Parent); err != nil {
			return nil, err
		}
	}
	c.budget()
	return c, c.images.plan(ctx)
}

func newCollection(j *journal.Journal, o Options, runs []*journal.Record) *collection {
	c := &collection{Options: o, j: j, runs: runs, byID: make(map[string]*journal.Record, len(runs))}
	for _, r := range runs {
		c.byID[r.ID] = r
	}
	c.ids = slices.Sorted(maps.Keys(c.byID))
	return c
}

// budget shares the page's size out: three tenths each to curves and figures, the rest to text.
func (c *collection) budget() {
	curves := 0
	for _, r := range c.runs {
		for _, s := range r.Metrics {
			if s.Count > 1 {
				curves++
			}
		}
	}
	const axes, column = 900, 40 // bytes of a curve's frame, and of a column of it with up to four points
	each := int(c.MaxBytes) * 3 / 10 / max(1, curves)
	if c.overlay = each > 4000; c.overlay {
		each /= 2
	}
	c.detail = min(200, max(16, (each-axes)/column))
	c.output = min(64<<10, max(512, int(c.MaxBytes)/12/max(1, len(c.runs))))
	c.images = &images{j: c.j, url: c.FigureURL, budget: c.MaxBytes * 3 / 10, embedded: map[string]*picture{}}
	for _, r := range c.runs {
		c.images.add(r.Figures)
	}
	c.codes = &codes{j: c.j, left: int(c.MaxBytes) / 12, byKey: map[string]*codeView{}, modules: map[string]*moduleSet{}}
}

// find returns the run whose id begins with prefix, nil when the page has none or several.
func (c *collection) find(prefix string) *journal.Record {
	i := sort.SearchStrings(c.ids, prefix)
	if prefix == "" || i == len(c.ids) || !strings.HasPrefix(c.ids[i], prefix) || i+1 < len(c.ids) && strings.HasPrefix(c.ids[i+1], prefix) {
		return nil
	}
	return c.byID[c.ids[i]]
}

// links leads from a text to the runs of the page and their figures; mine are the runs a bare figure: looks in.
func (c *collection) links(ctx context.Context, mine []string) Links {
	return Links{
		Run: func(prefix string) string {
			if r := c.find(prefix); r != nil {
				return "#run-" + r.ID
			}
			if id, err := c.j.Resolve(ctx, prefix); c.alone && err == nil {
				return "#run-" + id
			}
			return ""
		},
		Figure: func(prefix, name, alt string) string {
			search := mine
			if prefix != "" {
				r := c.find(prefix)
				if r == nil {
					return ""
				}
				search = []string{r.ID}
			}
			for _, id := range search {
				if r := c.byID[id]; r != nil {
					for _, f := range slices.Backward(r.Figures) {
						if f.Name == name {
							return c.images.inText(ctx, f, alt)
						}
					}
				}
			}
			return ""
		},
	}
}
