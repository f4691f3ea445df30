package export

import (
	"context"
	"slices"
	"sort"
	"strings"

	"flowbook/journal"
)

// A collection is what a page shows of a journal.
type collection struct {
	Options
	j       *journal.Journal
	runs    []*journal.Record // newest first, of which the page has a line each
	total   int               // runs the query chooses
	cards   []*journal.Record // those that may be shown whole, in the order in which there is room for them
	whole   map[string]bool   // ids of those that are
	listed  map[string]bool   // ids of those that stand in the table
	entries []journal.Entry   // newest first
	byID    map[string]*journal.Record
	detail  int  // columns of a curve
	overlay bool // the parent's curves stand under a run's
	lively  bool // curves have their points with them, for the script
	images  *images
	codes   *codes
	output  int  // bytes of output shown of a run
	alone   bool // one run is written, for a page that is there
}

// collect reads the runs and entries the page shows.
func collect(ctx context.Context, j *journal.Journal, o Options) (*collection, error) {
	q := o.Query
	if o.Rows > 0 && q.Limit == 0 && q.Where == "" && q.Status == "" { // the database takes them without the others
		q.Limit = o.Rows
	}
	runs, err := j.Runs(ctx, q)
	if err != nil {
		return nil, err
	}
	total := len(runs)
	if o.Rows > 0 && len(runs) > o.Rows {
		runs = runs[:o.Rows]
	}
	if o.Query.Limit == 0 && len(runs) == q.Limit && q.Limit > 0 {
		if total, err = j.Count(ctx, o.Query); err != nil {
			return nil, err
		}
	}
	sort.SliceStable(runs, func(a, b int) bool { return runs[a].Started.After(runs[b].Started) })
	c := newCollection(j, o, runs)
	c.total = total
	if c.entries, err = j.Entries(ctx); err != nil {
		return nil, err
	}
	if o.Query.Chooses() {
		c.entries = slices.DeleteFunc(c.entries, func(e journal.Entry) bool {
			return !slices.ContainsFunc(e.Runs, func(id string) bool { return c.byID[id] != nil })
		})
	}
	if err := c.choose(ctx); err != nil {
		return nil, err
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
	c.alone, c.cards, c.whole = true, c.runs, map[string]bool{r.ID: true}
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
	return c
}

// choose reads the runs that may be shown whole: those that entries link to, then the newest, as many as there is room for at least.
func (c *collection) choose(ctx context.Context) error {
	var order []*journal.Record
	seen := map[string]bool{}
	add := func(r *journal.Record) {
		if r != nil && !seen[r.ID] {
			seen[r.ID] = true
			order = append(order, r)
		}
	}
	for _, e := range c.entries {
		for _, id := range e.Runs {
			add(c.byID[id])
		}
	}
	for _, r := range c.runs {
		add(r)
	}
	const text, curve = 2500, 1540 // bytes of a card, and of a curve at its least detail
	left := int(c.MaxBytes) / 10 * 6
	for i, r := range order {
		if left -= text + curve*len(r.Metrics); i > 0 && (left < 0 || c.Cards > 0 && i >= c.Cards) {
			break
		}
		full, err := c.j.Get(ctx, r.ID)
		if err != nil {
			return err
		}
		*r = *full // what points to it sees all of it
		c.cards = append(c.cards, r)
	}
	return nil
}

// address is where a run stands: whole on the page or in its table, which have the same, else on a page of its own, or "".
func (c *collection) address(id string) string {
	switch {
	case c.alone || c.whole[id]:
		return "#run-" + id
	case c.RunURL != nil:
		return c.RunURL(id)
	case c.listed[id]:
		return "#run-" + id
	}
	return ""
}

// budget shares the page's size out: three tenths each to curves and figures, the rest to text.
func (c *collection) budget() {
	curves := 0
	for _, r := range c.cards {
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
	if c.lively = each > 8000; c.lively { // the points stand there twice, and their means
		each /= 3
	}
	c.detail = min(200, max(16, (each-axes)/column))
	c.output = min(64<<10, max(512, int(c.MaxBytes)/12/max(1, len(c.cards))))
	c.images = &images{j: c.j, url: c.FigureURL, budget: c.MaxBytes * 3 / 10, embedded: map[string]*picture{}}
	for _, r := range c.cards {
		c.images.add(r.Figures)
	}
	c.codes = &codes{j: c.j, left: int(c.MaxBytes) / 12, byKey: map[string]*codeView{}, modules: map[string]*moduleSet{}}
}

// find returns the run of an id, nil when the page does not have it. An earlier version let people write the beginning of an id: it stands for
// one of those that the text is about.
func (c *collection) find(id string, about []string) *journal.Record {
	if i := slices.IndexFunc(about, func(whole string) bool { return id != "" && strings.HasPrefix(whole, id) }); i >= 0 {
		id = about[i]
	}
	return c.byID[id]
}

// links leads from a text to the runs of the page and their figures; mine are the runs a bare figure: looks in.
func (c *collection) links(ctx context.Context, mine []string) Links {
	return Links{
		Run: func(id string) string {
			if r := c.find(id, mine); r != nil {
				return c.address(r.ID)
			}
			if (c.alone || c.RunURL != nil) && c.j.Has(ctx, id) == nil {
				return c.address(id)
			}
			return ""
		},
		Figure: func(run, name, alt string) string {
			search := mine
			if run != "" {
				r := c.find(run, mine)
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
