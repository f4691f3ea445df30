// Package cell shows runs and entries of a journal in a GoNB notebook cell. Outside a notebook it prints one line of text in their place.
package cell

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"flowbook/figures/chart"
	"flowbook/journal"
	"flowbook/journal/group"
	"flowbook/journal/record"
)

// show displays HTML in a notebook, and prints the text elsewhere.
func show(html, text string) {
	if gonbui.IsNotebook {
		gonbui.DisplayHTML(html)
		return
	}
	fmt.Println(text)
}

// Run shows a run as a card with its curves and figures.
func Run(j *journal.Journal, run string) error {
	ctx := context.Background()
	r, err := j.Get(ctx, run)
	if err != nil {
		return err
	}
	html, err := card(ctx, j, r)
	if err != nil {
		return err
	}
	show(html, fmt.Sprintf("run %s %s: %s", r.ID, r.Experiment, r.Status))
	return nil
}

// Entry shows an entry as Markdown, so that JupyterLab renders its maths. A run that its text names, as run:k3f9a, is a link to the card
// that [Run] shows of it in the notebook.
func Entry(e journal.Entry) {
	if gonbui.IsNotebook {
		gonbui.DisplayMarkdown(prepare(e.Markdown(), e.Runs...))
		return
	}
	fmt.Println(e.Markdown())
}

// Table shows the runs that a query chooses, as a table.
func Table(j *journal.Journal, q journal.Query) error {
	runs, err := j.Runs(context.Background(), q)
	if err != nil {
		return err
	}
	show(journal.Table(runs...), fmt.Sprintf("%d runs", len(runs)))
	return nil
}

// Curves shows one metric of several runs over each other.
func Curves(j *journal.Journal, metric string, runs ...string) error {
	svg, err := together(context.Background(), j, metric, runs...)
	if err != nil {
		return err
	}
	show(svg, fmt.Sprintf("%s of %d runs", metric, len(runs)))
	return nil
}

// Live shows the metrics of a run that trains, drawn anew each second from the journal, all of them when none is named. It returns a
// function that draws them a last time and stops:
//
//	defer cell.Live(run, "loss")()
func Live(run *journal.Run, metrics ...string) (stop func()) {
	if !gonbui.IsNotebook {
		return func() {}
	}
	id := "journal-live-" + gonbui.UniqueId()
	quit, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				draw(id, run, metrics)
			case <-quit:
				draw(id, run, metrics)
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		run.Flush() // its error comes back from Finish
		close(quit)
		<-done
	})
}

// draw updates the curves; a journal that cannot be read for a moment leaves them as they are.
func draw(id string, run *journal.Run, metrics []string) {
	all, err := run.Journal().SeriesOf(context.Background(), run.ID, metrics...)
	if err != nil || len(all) == 0 {
		return
	}
	html := ""
	for _, s := range all {
		html += chart.Curves(chart.Options{Title: fmt.Sprintf("%s: %s at step %d", s.Metric, record.ShortValue(s.Values[s.Len()-1]), s.Steps[s.Len()-1])}, group.Curve(s, s.Metric))
	}
	gonbui.UpdateHTML(id, html)
}

// Sweep shows a sweep, by its id: a metric against each parameter, parallel coordinates, and the mean and
// deviation of each combination over its seeds. metric is as in a filter, loss or loss.best; "" is the one that says most.
func Sweep(j *journal.Journal, id, metric string) error {
	t, runs, err := group.Sweep(context.Background(), j, id, metric)
	if err != nil {
		return err
	}
	show(t.HTML(), fmt.Sprintf("%s of %d runs of sweep %s", t.Metric, len(runs), runs[0].Sweep.ID))
	return nil
}
