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
	"strings"

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

	Where                   string // what a reader filters by
	Back                    bool   // the page shows one run; there is one of all
	OlderEntries, TableOnly int    // entries that are left out, runs that stand in the table only
}

type entryView struct {
	ID, Title       string
	Day, Month, ISO string
	Weekday, Clock  string
	Tags            []string
	HTML            template.HTML
	Runs            []*runView
	Also            []setting // runs that stand at an older entry, or in the table only
	links           []string  // ids of its runs
	body            string    // Markdown
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
	h.Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; img-src data:; form-action "
	if c.Script == "" {
		h.Policy += "'none'"
	} else {
		h.Policy = strings.Replace(h.Policy, "img-src data:", "img-src data: 'self'", 1) + "'self'; connect-src 'self'"
	}
	return h, nil
}

// page gathers what the page shows, within the bytes it may have: entries first, then the table of runs, then runs whole for as long as
// there is room.
func (c *collection) page(ctx context.Context) (*pageView, error) {
	head, err := c.head()
	if err != nil {
		return nil, err
	}
	p := &pageView{pageHead: head, Live: c.Script != "", Where: c.Where}
	p.Counts = plural(len(c.entries), "entry", "entries") + ", " + plural(c.total, "run", "runs")
	p.Back = p.Live && c.Query.Where != "" && c.Where == ""
	room := newRoom(c.MaxBytes)
	if err := room.take("page", p); err != nil {
		return nil, err
	}
	sweeps := newRoom(c.MaxBytes / 5)
	for _, v := range c.sweeps() { // the newest, as many as there is room for
		if fits, err := sweeps.fits("sweep", v); err != nil {
			return nil, err
		} else if !fits {
			break
		}
		p.Sweeps = append(p.Sweeps, v)
	}
	room.left -= sweeps.used
	if room.left -= 4000; room.left < 0 { // the words on what is left out
		return nil, fmt.Errorf("export: %s are too few for a page; an empty one has %s", bytesText(c.MaxBytes), bytesText(c.MaxBytes-room.left))
	}
	if err := c.writeEntries(ctx, p, room); err != nil {
		return nil, err
	}
	if p.Index, err = c.tableOfRuns(room); err != nil {
		return nil, err
	}
	if err := c.writeRuns(ctx, p, room); err != nil {
		return nil, err
	}
	p.Codes = c.codes.all
	return p, nil
}

// writeEntries gathers the entries, newest first, in half of the room.
func (c *collection) writeEntries(ctx context.Context, p *pageView, room *room) error {
	half := room.half()
	for i, e := range c.entries {
		v := c.entry(ctx, e)
		if fits, err := half.fits("entry", v); err != nil {
			return err
		} else if !fits {
			p.OlderEntries = len(c.entries) - i
			break
		}
		p.Entries = append(p.Entries, v)
	}
	room.left -= half.used
	return nil
}

// writeRuns gathers the runs that are shown whole, each at the first entry that was written of it, or by itself.
func (c *collection) writeRuns(ctx context.Context, p *pageView, room *room) error {
	c.whole = map[string]bool{}
	for _, r := range c.cards { // so that they lead to each other
		c.whole[r.ID] = true
	}
	views := map[string]*runView{}
	full := false
	for _, r := range c.cards {
		codes := len(c.codes.all)
		var v *runView
		if !full {
			var err error
			if v, err = c.run(ctx, r); err != nil {
				return err
			}
			parts := []any{v}
			for _, code := range c.codes.all[codes:] {
				parts = append(parts, code)
			}
			if full, err = room.full(parts...); err != nil {
				return err
			}
		}
		if full {
			c.whole[r.ID] = false
			c.codes.all = c.codes.all[:codes]
			continue
		}
		views[r.ID] = v
	}
	if full || p.Index.Older > 0 { // then some links lead elsewhere than was thought
		for i, e := range p.Entries {
			p.Entries[i].HTML = template.HTML(Markdown(e.body, 3, c.links(ctx, e.links)))
		}
	}
	home := map[string]bool{}
	for i := range slices.Backward(p.Entries) {
		e := &p.Entries[i]
		for _, id := range c.inOrder(e.links) {
			r := c.byID[id]
			switch {
			case r == nil:
			case home[id] || views[id] == nil:
				e.Also = append(e.Also, setting{Name: r.Experiment, Value: id[:min(6, len(id))], Link: c.address(id)})
			default:
				home[id] = true
				e.Runs = append(e.Runs, views[id])
			}
		}
	}
	for _, r := range c.runs {
		if views[r.ID] != nil && !home[r.ID] {
			p.Loose = append(p.Loose, views[r.ID])
		}
	}
	for i := range p.Index.Rows {
		switch row := &p.Index.Rows[i]; {
		case c.whole[row.ID]:
			row.Link, row.Place = "#run-"+row.ID, "row"
		case c.RunURL != nil:
			row.Link, row.Place = c.RunURL(row.ID), "row"
		default:
			row.Link, row.Place = "", "run" // what leads to the run leads here
		}
	}
	p.TableOnly = len(c.runs) - len(views)
	return nil
}

// inOrder are runs in the order in which they began, as they stand within an entry.
func (c *collection) inOrder(ids []string) []string {
	ids = slices.Clone(ids)
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(c.order(a), c.order(b)) })
	return ids
}

// entry gathers an entry, without its runs.
func (c *collection) entry(ctx context.Context, e journal.Entry) entryView {
	at := e.Date.In(c.Location)
	v := entryView{ID: e.ID, Title: e.Title, Tags: e.Tags, ISO: at.Format("2006-01-02"), Day: at.Format("2"), Month: at.Format("January 2006"),
		Weekday: at.Format("Monday"), Clock: at.Format("15:04"), links: e.Runs, body: e.Body}
	if c.whole == nil { // until it is known better
		c.whole, c.listed = map[string]bool{}, map[string]bool{}
		for _, r := range c.cards {
			c.whole[r.ID] = true
		}
	}
	v.HTML = template.HTML(Markdown(e.Body, 3, c.links(ctx, e.Runs)))
	return v
}

// order is when a run began: within an entry runs stand in the order in which they happened.
func (c *collection) order(id string) int64 {
	if r := c.byID[id]; r != nil {
		return r.Started.UnixMicro()
	}
	return math.MaxInt64
}
