package experiment

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"image/png"
	"regexp"

	"github.com/janpfeifer/gonb/gonbui"

	"flowbook/figures"
	"flowbook/figures/inline"
	"flowbook/journal"
	"flowbook/realnvp"
)

// Show shows the pair in a cell: what was seen as Markdown, the losses of both runs over each other and their samples side by
// side, and what was found. Outside a notebook it prints the Markdown and writes the figures.
func (p Pair) Show(ctx context.Context, j *journal.Journal) error {
	seen, told, err := p.Markdown(ctx, j)
	if err != nil {
		return err
	}
	showMarkdown(fmt.Sprintf("### %s · %s\n\n%s", p.Page.Date, p.Bug.Title, seen))
	if err := inline.Show(p.Curves(ctx, j)); err != nil {
		return err
	}
	if p.Trial.Picture {
		if err := inline.Show(p.Pictures(ctx, j)); err != nil {
			return err
		}
	}
	showMarkdown(told)
	return nil
}

var runLink = regexp.MustCompile(`\[(\w+)\]\(run:\w+\)`)

// showMarkdown shows the text in a cell, or prints it. Its links to runs become their names: in a notebook they lead nowhere.
func showMarkdown(text string) {
	if gonbui.IsNotebook {
		gonbui.DisplayMarkdown(runLink.ReplaceAllString(text, "`$1`"))
	} else {
		fmt.Println(text)
	}
}

// sides are what the two runs of a pair are called.
var sides = [2]string{"with the bug", "without it"}

// Curves draws the losses of both runs.
func (p Pair) Curves(ctx context.Context, j *journal.Journal) (*figures.Figure, error) {
	var curves []figures.Series
	for i, r := range []*journal.Record{p.On, p.Off} {
		s, err := j.Series(ctx, r.ID, p.Trial.metric("train"))
		if err != nil {
			if r.Metrics[p.Trial.metric("train")].Count == 0 {
				continue // it broke at its first step
			}
			return nil, err
		}
		c := figures.Series{Name: sides[i], Y: s.Values}
		for _, step := range s.Steps {
			c.X = append(c.X, float64(step))
		}
		curves = append(curves, c)
	}
	f, err := figures.LossCurves(curves, figures.CurveOptions{X: "step", Y: "loss, " + p.Trial.Unit(), Smooth: 0.8})
	if err == nil {
		f.Width, f.Height = 560*figures.Px, 280*figures.Px // two dozen figures share a notebook of 2 MB
	}
	return f, err
}

// Pictures puts the samples of both runs side by side.
func (p Pair) Pictures(ctx context.Context, j *journal.Journal) (*figures.Figure, error) {
	var panels []*figures.Figure
	for i, r := range []*journal.Record{p.On, p.Off} {
		panel, err := samplesPanel(ctx, j, r, "samples "+sides[i])
		if err != nil {
			return nil, err
		}
		panels = append(panels, panel)
	}
	return figures.Beside(2, panels...)
}

// samplesPanel is the picture of samples that a run keeps.
func samplesPanel(ctx context.Context, j *journal.Journal, r *journal.Record, title string) (*figures.Figure, error) {
	for _, f := range r.Figures {
		if f.Name != "samples" {
			continue
		}
		data, err := j.ReadArtifact(ctx, f.Digest)
		if err != nil {
			return nil, err
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("experiment: the picture of the samples of run %s: %w", r.ID, err)
		}
		panel, err := figures.Picture(img, title, 350)
		if err == nil {
			panel.Name = "samples"
		}
		return panel, err
	}
	return nil, fmt.Errorf("experiment: run %s keeps no picture of samples", r.ID)
}

// quiet is a Watcher for trials: one line that says which run is at which step, until it is done.
type quiet struct {
	id, run string
	steps   int
}

// Begin makes the line, once.
func (q *quiet) Begin(run *journal.Run, steps int) {
	if q.id == "" {
		q.id = "trial_" + gonbui.UniqueId()
	}
	q.run, q.steps = run.Experiment+" "+run.ID, steps
	q.say("compiling")
}

// Step says every tenth step.
func (q *quiet) Step(s realnvp.StepInfo) {
	if s.Step%10 == 0 || s.Step == q.steps {
		q.say(fmt.Sprintf("step %d of %d", s.Step, q.steps))
	}
}

// Validation says nothing.
func (q *quiet) Validation(realnvp.ValidationInfo) {}

// done takes the line away.
func (q *quiet) done() {
	if gonbui.IsNotebook && q.id != "" {
		gonbui.UpdateHtml(q.id, "")
	}
}

func (q *quiet) say(text string) {
	if gonbui.IsNotebook {
		gonbui.UpdateHtml(q.id, html.EscapeString(q.run+": "+text))
	}
}
