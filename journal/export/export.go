// Package export writes a journal as one HTML file that reads without network and without script: entries newest first, each with its
// runs, then the runs that no entry names; config changes against the parent run, curves as SVG, figures inline, maths as MathML, light
// and dark, and fit for printing.
//
// Text of the journal is escaped: a note with <script> stays text. The page's own content security policy forbids every outside
// request; a small script of its own adds sorting and zoom where script is allowed.
package export

import (
	"bufio"
	"context"
	"errors"
	"html/template"
	"io"
	"time"

	"flowbook/journal"
)

// Options say what the page shows; the zero value shows the whole journal.
type Options struct {
	// Title is the heading of the page, "Journal" when empty.
	Title string
	// Query chooses the runs. Once it chooses, entries that link to none of its runs are left out.
	Query journal.Query
	// Location is the time zone of all dates, time.Local when nil.
	Location *time.Location
	// MaxBytes is what the page does not exceed, 20 MB when 0: curves are drawn with less detail, figures made smaller, or named only, and
	// where there are too many runs the oldest stand in the table only; the page says what it leaves out.
	MaxBytes int64
	// Rows is how many runs the table has, the newest; Cards how many of them are shown whole. When 0, as many as fit.
	Rows, Cards int
	// Now is the date of the page, time.Now() when zero.
	Now time.Time

	// FigureURL gives the address of a figure; when nil the bytes are in the page.
	FigureURL func(journal.Artifact) string
	// RunURL gives the address of a run that is not shown whole; nil when there is none.
	RunURL func(id string) string
	// Where is what a reader of a served page filters by; the page has a field for it when Script is set.
	Where string
	// Script is added to the page's own, for a page that is served: with it the page may ask its server.
	Script template.JS
}

const defaultMaxBytes = 20_000_000

func (o Options) filled() Options {
	if o.Title == "" {
		o.Title = "Journal"
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	return o
}

// HTML writes the page of a journal to w.
func HTML(ctx context.Context, j *journal.Journal, w io.Writer, o Options) error {
	o = o.filled()
	c, err := collect(ctx, j, o)
	if err != nil {
		return err
	}
	p, err := c.page(ctx)
	if err != nil {
		return err
	}
	limit := &limited{w: w, left: o.MaxBytes}
	if err := execute(limit, "page", p); err != nil {
		return err
	}
	return nil
}

// A limited writer refuses what is more than the page may have.
type limited struct {
	w    io.Writer
	left int64
}

func (l *limited) Write(b []byte) (int, error) {
	if l.left -= int64(len(b)); l.left < 0 {
		return 0, errors.New("export: the page does not fit into the bytes it may have; allow more")
	}
	return l.w.Write(b)
}

// Run writes one run as it stands on the page: an article with the id run-ID.
func Run(ctx context.Context, j *journal.Journal, w io.Writer, id string, o Options) error {
	c, err := collectRun(ctx, j, id, o.filled())
	if err != nil {
		return err
	}
	v, err := c.run(ctx, c.runs[0])
	if err != nil {
		return err
	}
	return execute(w, "run", v)
}

// execute runs a template, in large pieces.
func execute(w io.Writer, name string, data any) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := templates.ExecuteTemplate(b, name, data); err != nil {
		return err
	}
	return b.Flush()
}
